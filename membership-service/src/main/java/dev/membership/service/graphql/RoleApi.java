package dev.membership.service.graphql;

import static java.util.Objects.requireNonNullElse;

import dev.membership.domain.role.Permissions;
import dev.membership.domain.role.RoleCommands;
import dev.membership.domain.role.RoleLists;
import dev.membership.domain.role.Roles;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.GraphQLApi;
import org.eclipse.microprofile.graphql.Id;
import org.eclipse.microprofile.graphql.Mutation;
import org.eclipse.microprofile.graphql.NonNull;
import org.eclipse.microprofile.graphql.Query;
import org.eclipse.microprofile.graphql.Source;
import org.jspecify.annotations.Nullable;

/** Roles and permissions over GraphQL. */
@GraphQLApi
@RunOnVirtualThread
@ApplicationScoped
public class RoleApi {
    /** Roles belong to the instance, so whatever organization they are read under, there is one answer. */
    private static final String THE_INSTANCE = "instance";

    private final GraphQlCalls calls;
    private final Roles roles;
    private final Permissions permissions;
    private final RoleLists lists;

    RoleApi(GraphQlCalls calls, Roles roles, Permissions permissions, RoleLists lists) {
        this.calls = calls;
        this.roles = roles;
        this.permissions = permissions;
        this.lists = lists;
    }

    @Query
    @NonNull @Description("The roles of the instance. Orders: created_at, name, key, with + or - before it.")
    public RoleConnection listRoles(
            @Nullable Integer first,
            @Nullable String after,
            @Nullable Integer last,
            @Nullable String before,
            @Nullable Integer initialPage,
            @Nullable Integer pageSize,
            @Nullable String orderBy,
            @Nullable String query) {
        return calls.answer(caller -> {
            var page = new PageArguments(first, after, last, before, initialPage, pageSize);
            return new RoleConnection(lists.roles(
                    caller,
                    new RoleCommands.Listing(orderBy, query),
                    page.request(calls.asksFor("totalCount")),
                    page.tokenParam()));
        });
    }

    @Description("A page of the roles that members can have: those of the instance, the same for every organization.")
    public CompletionStage<@Nullable RoleConnection> roles(
            @Source OrganizationNode organization,
            @Nullable Integer first,
            @Nullable String after,
            @Nullable Integer last,
            @Nullable String before,
            @Nullable Integer initialPage,
            @Nullable Integer pageSize,
            @Nullable String orderBy,
            @Nullable String query) {
        var listing = new RoleCommands.Listing(orderBy, query);
        var page = new PageArguments(first, after, last, before, initialPage, pageSize);
        boolean total = calls.asksFor("totalCount");
        return calls.answerNested(
                THE_INSTANCE,
                (caller, keys) -> Map.of(
                        THE_INSTANCE,
                        new RoleConnection(lists.roles(caller, listing, page.request(total), page.tokenParam()))));
    }

    @Query("getRole")
    @NonNull @Description("Reads one role, by id or by key.")
    public RoleNode getRole(@Id @Nullable String id, @Nullable String key) {
        return calls.answer(caller -> {
            GraphQlCalls.requireOne(id, "key", key);
            return new RoleNode(id == null ? roles.getByKey(caller, key) : roles.get(caller, id));
        });
    }

    @Mutation
    @NonNull @Description("Creates a role with these permissions, given by their ids.")
    public RoleNode createRole(
            @NonNull String name,
            @NonNull String key,
            @Nullable String description,
            @io.smallrye.graphql.api.Nullable @Nullable List<@NonNull String> permissions,
            @Nullable String requestId) {
        return calls.answer(caller -> new RoleNode(roles.create(
                caller,
                requestId,
                new RoleCommands.Create(name, key, description, requireNonNullElse(permissions, List.of())))));
    }

    @Mutation
    @NonNull @Description("Changes what is given; permissions replaces the whole set.")
    public RoleNode updateRole(
            @Id @NonNull String roleId,
            @Nullable String name,
            @Nullable String key,
            @Nullable String description,
            @io.smallrye.graphql.api.Nullable @Nullable List<@NonNull String> permissions,
            @Nullable String etag,
            @Nullable String requestId) {
        return calls.answer(caller -> new RoleNode(roles.update(
                caller, requestId, new RoleCommands.Update(roleId, etag, name, key, description, permissions))));
    }

    @Mutation
    @NonNull @Description("Deletes a role that no member and no setting uses.")
    public DeletedNode deleteRole(@Id @NonNull String roleId, @Nullable String etag, @Nullable String requestId) {
        return calls.answer(
                caller -> deleted("role", roles.delete(caller, requestId, new RoleCommands.Delete(roleId, etag))));
    }

    @Mutation
    @NonNull @Description("Gives a role one more permission.")
    public RoleNode assignPermission(
            @Id @NonNull String roleId,
            @Id @NonNull String permissionId,
            @Nullable String etag,
            @Nullable String requestId) {
        return calls.answer(caller -> new RoleNode(roles.assignPermission(
                caller, requestId, new RoleCommands.ChangePermission(roleId, permissionId, etag))));
    }

    @Mutation
    @NonNull @Description("Takes a permission from a role.")
    public RoleNode removePermission(
            @Id @NonNull String roleId,
            @Id @NonNull String permissionId,
            @Nullable String etag,
            @Nullable String requestId) {
        return calls.answer(caller -> new RoleNode(roles.removePermission(
                caller, requestId, new RoleCommands.ChangePermission(roleId, permissionId, etag))));
    }

    @Query
    @NonNull @Description("The permissions of the instance. Orders: created_at, name, key, with + or - before it.")
    public PermissionConnection listPermissions(
            @Nullable Integer first,
            @Nullable String after,
            @Nullable Integer last,
            @Nullable String before,
            @Nullable Integer initialPage,
            @Nullable Integer pageSize,
            @Nullable String orderBy,
            @Nullable String query) {
        return calls.answer(caller -> {
            var page = new PageArguments(first, after, last, before, initialPage, pageSize);
            return new PermissionConnection(lists.permissions(
                    caller,
                    new RoleCommands.Listing(orderBy, query),
                    page.request(calls.asksFor("totalCount")),
                    page.tokenParam()));
        });
    }

    @Query("getPermission")
    @NonNull @Description("Reads one permission, by id or by key.")
    public PermissionNode getPermission(@Id @Nullable String id, @Nullable String key) {
        return calls.answer(caller -> {
            GraphQlCalls.requireOne(id, "key", key);
            return new PermissionNode(id == null ? permissions.getByKey(caller, key) : permissions.get(caller, id));
        });
    }

    @Mutation
    @NonNull @Description("Creates a permission, which no role has at first.")
    public PermissionNode createPermission(
            @NonNull String name, @NonNull String key, @Nullable String description, @Nullable String requestId) {
        return calls.answer(caller -> new PermissionNode(
                permissions.create(caller, requestId, new RoleCommands.CreatePermission(name, key, description))));
    }

    @Mutation
    @NonNull @Description("Changes what is given, not of the system's permissions.")
    public PermissionNode updatePermission(
            @Id @NonNull String permissionId,
            @Nullable String name,
            @Nullable String key,
            @Nullable String description,
            @Nullable String etag,
            @Nullable String requestId) {
        return calls.answer(caller -> new PermissionNode(permissions.update(
                caller, requestId, new RoleCommands.UpdatePermission(permissionId, etag, name, key, description))));
    }

    @Mutation
    @NonNull @Description("Deletes a permission and takes it from every role, not one of the system's.")
    public DeletedNode deletePermission(
            @Id @NonNull String permissionId, @Nullable String etag, @Nullable String requestId) {
        return calls.answer(caller -> deleted(
                "permission",
                permissions.delete(caller, requestId, new RoleCommands.DeletePermission(permissionId, etag))));
    }

    private static DeletedNode deleted(String object, RoleCommands.Deleted deleted) {
        return new DeletedNode(object, deleted.id(), null, null);
    }
}
