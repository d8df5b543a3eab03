package dev.membership.service.grpc;

import static dev.membership.service.grpc.Wire.text;

import dev.membership.domain.paging.Page;
import dev.membership.domain.role.PermissionView;
import dev.membership.domain.role.Permissions;
import dev.membership.domain.role.RoleCommands;
import dev.membership.domain.role.RoleLists;
import dev.membership.domain.role.RoleView;
import dev.membership.domain.role.Roles;
import dev.membership.v1.AssignPermissionRequest;
import dev.membership.v1.CreatePermissionRequest;
import dev.membership.v1.CreateRoleRequest;
import dev.membership.v1.DeletePermissionRequest;
import dev.membership.v1.DeleteRoleRequest;
import dev.membership.v1.DeletedResource;
import dev.membership.v1.GetPermissionRequest;
import dev.membership.v1.GetRoleRequest;
import dev.membership.v1.ListPermissionsRequest;
import dev.membership.v1.ListPermissionsResponse;
import dev.membership.v1.ListRolesRequest;
import dev.membership.v1.ListRolesResponse;
import dev.membership.v1.Permission;
import dev.membership.v1.RemovePermissionRequest;
import dev.membership.v1.Role;
import dev.membership.v1.RoleService;
import dev.membership.v1.UpdatePermissionRequest;
import dev.membership.v1.UpdateRoleRequest;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;

/** {@code membership.v1.RoleService}. */
@GrpcService
class RoleGrpcService implements RoleService {
    private final GrpcCalls calls;
    private final Roles roles;
    private final Permissions permissions;
    private final RoleLists lists;

    RoleGrpcService(GrpcCalls calls, Roles roles, Permissions permissions, RoleLists lists) {
        this.calls = calls;
        this.roles = roles;
        this.permissions = permissions;
        this.lists = lists;
    }

    @Override
    public Uni<ListRolesResponse> listRoles(ListRolesRequest request) {
        return calls.answer(request, caller -> {
            Page<RoleView> page = lists.roles(
                    caller,
                    new RoleCommands.Listing(text(request.getOrderBy()), text(request.getQuery())),
                    Wire.page(
                            request.getPageSize(),
                            request.getPageToken(),
                            request.getSkip(),
                            request.getIncludeTotal()),
                    Wire.PAGE_TOKEN);
            ListRolesResponse.Builder response = ListRolesResponse.newBuilder();
            page.items().forEach(role -> response.addRoles(message(role)));
            page.next().ifPresent(response::setNextPageToken);
            page.counted().ifPresent(response::setTotalCount);
            return response.build();
        });
    }

    @Override
    public Uni<Role> getRole(GetRoleRequest request) {
        return calls.answer(
                request,
                caller -> message(
                        request.hasKey()
                                ? roles.getByKey(caller, request.getKey())
                                : roles.get(caller, request.getRoleId())));
    }

    @Override
    public Uni<Role> createRole(CreateRoleRequest request) {
        return calls.answer(
                request,
                caller -> message(roles.create(
                        caller,
                        request.getRequestId(),
                        new RoleCommands.Create(
                                request.getName(),
                                request.getKey(),
                                request.hasDescription() ? request.getDescription() : null,
                                request.getPermissionsList()))));
    }

    @Override
    public Uni<Role> updateRole(UpdateRoleRequest request) {
        return calls.answer(
                request,
                caller -> message(roles.update(
                        caller,
                        request.getRequestId(),
                        new RoleCommands.Update(
                                request.getRoleId(),
                                text(request.getEtag()),
                                request.hasName() ? request.getName() : null,
                                request.hasKey() ? request.getKey() : null,
                                request.hasDescription() ? request.getDescription() : null,
                                request.hasPermissions()
                                        ? request.getPermissions().getIdsList()
                                        : null))));
    }

    @Override
    public Uni<DeletedResource> deleteRole(DeleteRoleRequest request) {
        return calls.answer(
                request,
                caller -> deleted(
                        "role",
                        roles.delete(
                                caller,
                                request.getRequestId(),
                                new RoleCommands.Delete(request.getRoleId(), text(request.getEtag())))));
    }

    @Override
    public Uni<Role> assignPermission(AssignPermissionRequest request) {
        return calls.answer(
                request,
                caller -> message(roles.assignPermission(
                        caller,
                        request.getRequestId(),
                        new RoleCommands.ChangePermission(
                                request.getRoleId(), request.getPermissionId(), text(request.getEtag())))));
    }

    @Override
    public Uni<Role> removePermission(RemovePermissionRequest request) {
        return calls.answer(
                request,
                caller -> message(roles.removePermission(
                        caller,
                        request.getRequestId(),
                        new RoleCommands.ChangePermission(
                                request.getRoleId(), request.getPermissionId(), text(request.getEtag())))));
    }

    @Override
    public Uni<ListPermissionsResponse> listPermissions(ListPermissionsRequest request) {
        return calls.answer(request, caller -> {
            Page<PermissionView> page = lists.permissions(
                    caller,
                    new RoleCommands.Listing(text(request.getOrderBy()), text(request.getQuery())),
                    Wire.page(
                            request.getPageSize(),
                            request.getPageToken(),
                            request.getSkip(),
                            request.getIncludeTotal()),
                    Wire.PAGE_TOKEN);
            ListPermissionsResponse.Builder response = ListPermissionsResponse.newBuilder();
            page.items().forEach(permission -> response.addPermissions(message(permission)));
            page.next().ifPresent(response::setNextPageToken);
            page.counted().ifPresent(response::setTotalCount);
            return response.build();
        });
    }

    @Override
    public Uni<Permission> getPermission(GetPermissionRequest request) {
        return calls.answer(
                request,
                caller -> message(
                        request.hasKey()
                                ? permissions.getByKey(caller, request.getKey())
                                : permissions.get(caller, request.getPermissionId())));
    }

    @Override
    public Uni<Permission> createPermission(CreatePermissionRequest request) {
        return calls.answer(
                request,
                caller -> message(permissions.create(
                        caller,
                        request.getRequestId(),
                        new RoleCommands.CreatePermission(
                                request.getName(), request.getKey(), text(request.getDescription())))));
    }

    @Override
    public Uni<Permission> updatePermission(UpdatePermissionRequest request) {
        return calls.answer(
                request,
                caller -> message(permissions.update(
                        caller,
                        request.getRequestId(),
                        new RoleCommands.UpdatePermission(
                                request.getPermissionId(),
                                text(request.getEtag()),
                                request.hasName() ? request.getName() : null,
                                request.hasKey() ? request.getKey() : null,
                                request.hasDescription() ? request.getDescription() : null))));
    }

    @Override
    public Uni<DeletedResource> deletePermission(DeletePermissionRequest request) {
        return calls.answer(
                request,
                caller -> deleted(
                        "permission",
                        permissions.delete(
                                caller,
                                request.getRequestId(),
                                new RoleCommands.DeletePermission(
                                        request.getPermissionId(), text(request.getEtag())))));
    }

    private static DeletedResource deleted(String object, RoleCommands.Deleted deleted) {
        return DeletedResource.newBuilder()
                .setObject(object)
                .setId(deleted.id())
                .build();
    }

    private static Role message(RoleView view) {
        Role.Builder message = Role.newBuilder()
                .setId(view.id())
                .setKey(view.key())
                .setName(view.name())
                .setIsCreatorEligible(view.creatorEligible())
                .setCreatedAt(Wire.timestamp(view.createdAt()))
                .setUpdatedAt(Wire.timestamp(view.updatedAt()))
                .setEtag(view.etag());
        view.permissions().forEach(permission -> message.addPermissions(message(permission)));
        if (view.description() != null) {
            message.setDescription(view.description());
        }
        return message.build();
    }

    private static Permission message(PermissionView view) {
        return Permission.newBuilder()
                .setId(view.id())
                .setKey(view.key())
                .setName(view.name())
                .setDescription(view.description())
                .setType(view.type())
                .setCreatedAt(Wire.timestamp(view.createdAt()))
                .setUpdatedAt(Wire.timestamp(view.updatedAt()))
                .setEtag(view.etag())
                .build();
    }
}
