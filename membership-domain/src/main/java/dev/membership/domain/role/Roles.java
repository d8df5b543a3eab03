package dev.membership.domain.role;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Etag;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.event.Events;
import dev.membership.domain.identifier.Ids;
import dev.membership.domain.input.Input;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.role.RoleCommands.ChangePermission;
import dev.membership.domain.role.RoleCommands.Create;
import dev.membership.domain.role.RoleCommands.Delete;
import dev.membership.domain.role.RoleCommands.Deleted;
import dev.membership.domain.role.RoleCommands.Update;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The roles of an instance.
 *
 * <p>Order of locks: the settings, the role, its permissions, the counters of the organizations where members have it.
 */
@ApplicationScoped
public class Roles {
    private final Operations operations;
    private final Access access;
    private final Database database;
    private final RoleRepository repository;
    private final RolePermissions permissions;
    private final RoleElevation elevation;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    Roles(
            Operations operations,
            Access access,
            Database database,
            RoleRepository repository,
            RolePermissions permissions,
            RoleElevation elevation,
            Events events,
            Ids ids,
            Clock clock) {
        this.operations = operations;
        this.access = access;
        this.database = database;
        this.repository = repository;
        this.permissions = permissions;
        this.elevation = elevation;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /** What can be said of a role anew. */
    private record Text(String key, String name, @Nullable String description) {
        static Text of(RoleView role) {
            return new Text(role.key(), role.name(), role.description());
        }
    }

    /**
     * Reads a role by its id: one statement for a backend, one more for a user, who must be a member of some organization.
     *
     * @throws Refusal {@code resource_not_found} on {@code role_id}, {@code authorization_invalid}
     */
    public RoleView get(Caller caller, String id) {
        return read(caller, "role_id", "r.id", id);
    }

    /** Reads a role by its key, see {@link #get}; {@code resource_not_found} is on {@code key}. */
    public RoleView getByKey(Caller caller, String key) {
        return read(caller, "key", "r.key", key);
    }

    /**
     * Creates a role.
     *
     * @throws Refusal {@code form_identifier_exists}, {@code organization_instance_roles_quota_exceeded},
     *     {@code resource_not_found} for a permission
     */
    public RoleView create(Caller caller, @Nullable String requestId, Create command) {
        Call call = new Call(caller, Operation.CREATE_ROLE, requestId);
        return operations.write(call, command, RoleView.class, () -> {
            String key = RoleFields.roleKey(command.key());
            String name = RoleFields.name(command.name());
            String description = RoleFields.description(command.description());
            List<String> permissionIds = RolePermissions.checked(command.permissions());
            requireRoom(caller);
            Role role =
                    new Role(caller.instanceId(), ids.next(Ids.Kind.ROLE), key, name, description, Input.now(clock));
            role.custom = true;
            repository.persistAndFlush(role);
            permissions.replace(caller.instanceId(), role.id, permissionIds);
            RoleView created = find(caller, "role_id", "r.id", role.id);
            events.append(call, new Events.Change("role.created", role.id, null, created));
            return created;
        });
    }

    /**
     * Changes what is given. A key may change, too: members and settings refer to the role by its id. What changes nothing
     * writes nothing.
     *
     * @throws Refusal {@code form_identifier_exists}, {@code organization_missing_creator_role_permissions},
     *     {@code organization_minimum_permissions_needed}, {@code conflict}
     */
    public RoleView update(Caller caller, @Nullable String requestId, Update command) {
        Call call = new Call(caller, Operation.UPDATE_ROLE, requestId);
        return operations.write(call, command, RoleView.class, () -> {
            String roleId = Input.reference("role_id", command.roleId());
            String key = command.key() == null ? null : RoleFields.roleKey(command.key());
            String name = command.name() == null ? null : RoleFields.name(command.name());
            String description = RoleFields.description(command.description());
            List<String> permissionIds =
                    command.permissions() == null ? null : RolePermissions.checked(command.permissions());
            UnaryOperator<Text> text = old -> new Text(
                    key == null ? old.key() : key,
                    name == null ? old.name() : name,
                    command.description() == null ? old.description() : description);
            return change(call, roleId, command.etag(), text, before -> {
                if (permissionIds == null || before.hasExactly(permissionIds)) {
                    return false;
                }
                permissions.replace(caller.instanceId(), roleId, permissionIds);
                return true;
            });
        });
    }

    /**
     * Gives a role one more permission.
     *
     * @throws Refusal {@code organization_role_permission_association_exists}, {@code conflict}
     */
    public RoleView assignPermission(Caller caller, @Nullable String requestId, ChangePermission command) {
        return change(new Call(caller, Operation.ASSIGN_PERMISSION, requestId), command, permissions::assign);
    }

    /**
     * Takes a permission from a role.
     *
     * @throws Refusal {@code organization_role_permission_association_not_found},
     *     {@code organization_missing_creator_role_permissions}, {@code organization_minimum_permissions_needed},
     *     {@code conflict}
     */
    public RoleView removePermission(Caller caller, @Nullable String requestId, ChangePermission command) {
        return change(new Call(caller, Operation.REMOVE_PERMISSION, requestId), command, permissions::remove);
    }

    /**
     * Deletes a role that nothing uses; the database's foreign keys know whether something does.
     *
     * @throws Refusal {@code organization_role_default_creator_role}, {@code organization_role_domain_default_role},
     *     {@code organization_role_assigned_members}, {@code conflict}
     */
    public Deleted delete(Caller caller, @Nullable String requestId, Delete command) {
        Call call = new Call(caller, Operation.DELETE_ROLE, requestId);
        return operations.write(call, command, Deleted.class, () -> {
            RoleView before = lock(caller, Input.reference("role_id", command.roleId()), command.etag());
            repository.remove(caller.instanceId(), before);
            events.append(call, new Events.Change("role.deleted", before.id(), before, null));
            return new Deleted(before.id(), before.key());
        });
    }

    @FunctionalInterface
    private interface PermissionChange {
        void make(String instanceId, String roleId, String permissionId);
    }

    private RoleView change(Call call, ChangePermission command, PermissionChange change) {
        return operations.write(call, command, RoleView.class, () -> {
            String roleId = Input.reference("role_id", command.roleId());
            String permissionId = Input.reference("permission_id", command.permissionId());
            return change(call, roleId, command.etag(), UnaryOperator.identity(), before -> {
                change.make(call.instanceId(), roleId, permissionId);
                return true;
            });
        });
    }

    /** @param permissionChange tells whether it has changed something */
    private RoleView change(
            Call call,
            String roleId,
            @Nullable String etag,
            UnaryOperator<Text> text,
            Predicate<RoleView> permissionChange) {
        Caller caller = call.caller();
        String creatorRoleId = creatorRoleId(caller);
        RoleView before = lock(caller, roleId, etag);
        Text changed = text.apply(Text.of(before));
        if (!permissionChange.test(before) && changed.equals(Text.of(before))) {
            return before;
        }
        repository.save(
                caller.instanceId(), before, changed.key(), changed.name(), changed.description(), Input.now(clock));
        RoleView after = find(caller, "role_id", "r.id", roleId);
        if (before.elevated() != after.elevated()) {
            if (!after.elevated() && roleId.equals(creatorRoleId)) {
                throw MinimumPermissions.missingInCreatorRole();
            }
            elevation.changed(caller.instanceId(), after);
        }
        events.append(call, new Events.Change("role.updated", roleId, before, after));
        return after;
    }

    /**
     * Locks a role: waits for those who are giving it to a member, and keeps further ones waiting. The role is read by a
     * statement of its own, which begins when the lock is held and so sees the permissions as they are by then.
     */
    private RoleView lock(Caller caller, String roleId, @Nullable String etag) {
        if (database.first(
                        Sql.of(
                                "SELECT id FROM role WHERE instance_id = ? AND id = ? FOR UPDATE",
                                caller.instanceId(),
                                roleId),
                        Row::text)
                .isEmpty()) {
            throw absent("role_id");
        }
        RoleView found = find(caller, "role_id", "r.id", roleId);
        Etag.require(etag, found.etag());
        return found;
    }

    /** The creators' role, which stays that one until the transaction ends. */
    private @Nullable String creatorRoleId(Caller caller) {
        return database.first(
                        Sql.of(
                                "SELECT creator_role_id FROM organization_settings WHERE instance_id = ? FOR SHARE",
                                caller.instanceId()),
                        Row::text)
                .orElse(null);
    }

    /** Two creations that run at the same time would each count without the other, so the settings' lock lines them up. */
    private void requireRoom(Caller caller) {
        int limit = database.first(
                        Sql.of(
                                "SELECT max_allowed_roles FROM organization_settings WHERE instance_id = ? FOR UPDATE",
                                caller.instanceId()),
                        Row::integer)
                .orElseThrow(() -> new Refusal(ErrorCode.AUTHENTICATION_INVALID));
        int present = database.first(
                        Sql.of("SELECT count(*) FROM role WHERE instance_id = ? AND custom", caller.instanceId()),
                        Row::integer)
                .orElseThrow();
        if (present >= limit) {
            throw new Refusal(ErrorCode.ORGANIZATION_INSTANCE_ROLES_QUOTA_EXCEEDED, Map.of("limit", limit));
        }
    }

    private RoleView read(Caller caller, String param, String column, String value) {
        return operations.read(caller, Operation.GET_ROLE, () -> {
            String wanted = Input.reference(param, value);
            access.requireMember(caller);
            return find(caller, param, column, wanted);
        });
    }

    private RoleView find(Caller caller, String param, String column, String value) {
        return database.first(
                        Sql.of(
                                "SELECT " + RoleView.COLUMNS + " FROM role r WHERE r.instance_id = ? AND " + column
                                        + " = ?",
                                caller.instanceId(),
                                value),
                        RoleView::read)
                .orElseThrow(() -> absent(param));
    }

    private static Refusal absent(String param) {
        return Refusal.notFound("role", param);
    }
}
