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
import dev.membership.domain.role.RoleCommands.CreatePermission;
import dev.membership.domain.role.RoleCommands.DeletePermission;
import dev.membership.domain.role.RoleCommands.Deleted;
import dev.membership.domain.role.RoleCommands.UpdatePermission;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The permissions of an instance. Those that organizations need are the system's and cannot be changed, so nothing here
 * touches the rule of the last holder.
 */
@ApplicationScoped
public class Permissions {
    private final Operations operations;
    private final Access access;
    private final Database database;
    private final PermissionRepository repository;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    Permissions(
            Operations operations,
            Access access,
            Database database,
            PermissionRepository repository,
            Events events,
            Ids ids,
            Clock clock) {
        this.operations = operations;
        this.access = access;
        this.database = database;
        this.repository = repository;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Reads a permission by its id: one statement for a backend, one more for a user, who must be a member of some organization.
     *
     * @throws Refusal {@code resource_not_found} on {@code permission_id}, {@code authorization_invalid}
     */
    public PermissionView get(Caller caller, String id) {
        return read(caller, "permission_id", "p.id", id);
    }

    /** Reads a permission by its key, see {@link #get}; {@code resource_not_found} is on {@code key}. */
    public PermissionView getByKey(Caller caller, String key) {
        return read(caller, "key", "p.key", key);
    }

    /** @throws Refusal {@code form_identifier_exists} */
    public PermissionView create(Caller caller, @Nullable String requestId, CreatePermission command) {
        Call call = new Call(caller, Operation.CREATE_PERMISSION, requestId);
        return operations.write(call, command, PermissionView.class, () -> {
            String key = RoleFields.permissionKey(command.key());
            String name = RoleFields.name(command.name());
            String description = descriptionOrEmpty(command.description());
            Instant now = Input.now(clock);
            PermissionView created =
                    new PermissionView(ids.next(Ids.Kind.PERMISSION), key, name, description, false, now, now, 0);
            repository.add(caller.instanceId(), created);
            events.append(call, new Events.Change("permission.created", created.id(), null, created));
            return created;
        });
    }

    /**
     * Changes what is given. Roles that have the permission have it under its new key from then on, which changes them, too.
     *
     * @throws Refusal {@code organization_system_permission_not_modifiable}, {@code form_identifier_exists},
     *     {@code conflict}
     */
    public PermissionView update(Caller caller, @Nullable String requestId, UpdatePermission command) {
        Call call = new Call(caller, Operation.UPDATE_PERMISSION, requestId);
        return operations.write(call, command, PermissionView.class, () -> {
            String id = Input.reference("permission_id", command.permissionId());
            PermissionView before = lock(caller, id, command.etag());
            String key = command.key() == null ? before.key() : RoleFields.permissionKey(command.key());
            String name = command.name() == null ? before.name() : RoleFields.name(command.name());
            String description =
                    command.description() == null ? before.description() : descriptionOrEmpty(command.description());
            if (key.equals(before.key()) && name.equals(before.name()) && description.equals(before.description())) {
                return before;
            }
            PermissionView after = new PermissionView(
                    id, key, name, description, false, before.createdAt(), Input.now(clock), before.version() + 1);
            List<Events.Entry> entries = new ArrayList<>();
            entries.add(new Events.Entry(new Events.Change("permission.updated", id, before, after)));
            if (before.key().equals(after.key())) {
                repository.save(caller.instanceId(), after);
            } else {
                entries.addAll(changeRoles(caller, id, () -> repository.save(caller.instanceId(), after)));
            }
            events.appendAll(call, entries);
            return after;
        });
    }

    /**
     * Deletes a permission and takes it from every role, which changes those, too.
     *
     * @throws Refusal {@code organization_system_permission_not_modifiable}, {@code conflict}
     */
    public Deleted delete(Caller caller, @Nullable String requestId, DeletePermission command) {
        Call call = new Call(caller, Operation.DELETE_PERMISSION, requestId);
        return operations.write(call, command, Deleted.class, () -> {
            PermissionView before =
                    lock(caller, Input.reference("permission_id", command.permissionId()), command.etag());
            List<Events.Entry> entries = new ArrayList<>();
            entries.add(new Events.Entry(new Events.Change("permission.deleted", before.id(), before, null)));
            entries.addAll(changeRoles(caller, before.id(), () -> repository.remove(caller.instanceId(), before)));
            events.appendAll(call, entries);
            return new Deleted(before.id(), before.key());
        });
    }

    /**
     * Makes a change of a locked permission that shows in the roles that have it, of which each has another state afterwards.
     * They are locked again: until the permission was, another role could get it.
     */
    private List<Events.Entry> changeRoles(Caller caller, String permissionId, Runnable change) {
        List<String> ids = lockRoles(caller, permissionId);
        if (ids.isEmpty()) {
            change.run();
            return List.of();
        }
        Sql these = Sql.of(" WHERE r.instance_id = ? AND r.id = ANY (?)", caller.instanceId(), ids);
        Map<String, RoleView> before =
                roles(Sql.of("SELECT " + RoleView.COLUMNS + " FROM role r").add(these));
        change.run();
        Map<String, RoleView> after =
                roles(Sql.of("UPDATE role r SET version = version + 1, updated_at = ?", Input.now(clock))
                        .add(these)
                        .add(" RETURNING " + RoleView.COLUMNS));
        return ids.stream()
                .map(id -> new Events.Entry(new Events.Change("role.updated", id, before.get(id), after.get(id))))
                .toList();
    }

    private Map<String, RoleView> roles(Sql sql) {
        return database.list(sql, RoleView::read).stream().collect(Collectors.toMap(RoleView::id, role -> role));
    }

    /**
     * Locks a permission, and before it the roles that have it: the triggers will write those, and whoever changes a role
     * locks the role first, too.
     */
    private PermissionView lock(Caller caller, String id, @Nullable String etag) {
        lockRoles(caller, id);
        PermissionView found = find(caller, "p.id", id, " FOR UPDATE").orElseThrow(() -> absent("permission_id"));
        if (found.system()) {
            throw new Refusal(ErrorCode.ORGANIZATION_SYSTEM_PERMISSION_NOT_MODIFIABLE);
        }
        Etag.require(etag, found.etag());
        return found;
    }

    private List<String> lockRoles(Caller caller, String permissionId) {
        return database.list(Sql.of("""
                        SELECT r.id FROM role r WHERE r.instance_id = ? AND r.id IN (
                            SELECT role_id FROM role_permission WHERE instance_id = ? AND permission_id = ?)
                        ORDER BY r.id FOR NO KEY UPDATE
                        """, caller.instanceId(), caller.instanceId(), permissionId), Row::text);
    }

    private PermissionView read(Caller caller, String param, String column, String value) {
        return operations.read(caller, Operation.GET_PERMISSION, () -> {
            String wanted = Input.reference(param, value);
            access.requireMember(caller);
            return find(caller, column, wanted, "").orElseThrow(() -> absent(param));
        });
    }

    private Optional<PermissionView> find(Caller caller, String column, String value, String lock) {
        return database.first(
                Sql.of(
                        "SELECT " + PermissionView.COLUMNS + " FROM permission p WHERE p.instance_id = ? AND " + column
                                + " = ?" + lock,
                        caller.instanceId(),
                        value),
                PermissionView::read);
    }

    private static String descriptionOrEmpty(@Nullable String description) {
        String checked = RoleFields.description(description);
        return checked == null ? "" : checked;
    }

    private static Refusal absent(String param) {
        return Refusal.notFound("permission", param);
    }
}
