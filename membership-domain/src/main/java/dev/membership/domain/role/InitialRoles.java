package dev.membership.domain.role;

import dev.membership.domain.caller.Access;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Sql;
import dev.membership.domain.identifier.Ids;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;

/** The permissions and roles that every instance begins with. */
@ApplicationScoped
public class InitialRoles {
    private static final String ADMIN = "org:admin";
    private static final String MEMBER = "org:member";

    private static final List<SystemPermission> PERMISSIONS = List.of(
            new SystemPermission(
                    Access.MANAGE_PROFILE, "Manage organization", "Change the organization's name, slug and logo."),
            new SystemPermission(Access.DELETE_PROFILE, "Delete organization", "Delete the organization."),
            new SystemPermission(Access.READ_MEMBERS, "Read members", "See who is a member, and in which role."),
            new SystemPermission(
                    Access.MANAGE_MEMBERS, "Manage members", "Add, change and remove members and invitations."),
            new SystemPermission("org:sys_domains:read", "Read domains", "See the organization's domains."),
            new SystemPermission("org:sys_domains:manage", "Manage domains", "Add, verify and remove domains."),
            new SystemPermission("org:sys_billing:read", "Read billing", "See the organization's billing."),
            new SystemPermission("org:sys_billing:manage", "Manage billing", "Change the organization's billing."),
            new SystemPermission(
                    "org:sys_entconns:manage",
                    "Manage enterprise connections",
                    "Set up how the organization's members sign in."));

    private static final List<String> OF_MEMBERS = List.of(Access.READ_MEMBERS, "org:sys_billing:read");

    private final Database database;
    private final Ids ids;

    InitialRoles(Database database, Ids ids) {
        this.database = database;
        this.ids = ids;
    }

    private record SystemPermission(String key, String name, String description) {}

    /** Ids of the two roles. */
    public record Created(String adminId, String memberId) {}

    /** Writes them into an instance that the present transaction has just created. */
    public Created create(String instanceId, Instant now) {
        database.execute(Sql.of(
                """
                INSERT INTO permission (instance_id, id, key, name, description, system, created_at, updated_at)
                SELECT ?, p.id, p.key, p.name, p.description, true, ?, ?
                FROM unnest(?, ?, ?, ?) AS p (id, key, name, description)
                """,
                instanceId,
                now,
                now,
                PERMISSIONS.stream()
                        .map(permission -> ids.next(Ids.Kind.PERMISSION))
                        .toList(),
                PERMISSIONS.stream().map(SystemPermission::key).toList(),
                PERMISSIONS.stream().map(SystemPermission::name).toList(),
                PERMISSIONS.stream().map(SystemPermission::description).toList()));
        return new Created(
                role(
                        instanceId,
                        ADMIN,
                        "Admin",
                        PERMISSIONS.stream().map(SystemPermission::key).toList(),
                        now),
                role(instanceId, MEMBER, "Member", OF_MEMBERS, now));
    }

    private String role(String instanceId, String key, String name, List<String> permissionKeys, Instant now) {
        String id = ids.next(Ids.Kind.ROLE);
        database.execute(Sql.of("""
                INSERT INTO role (instance_id, id, key, name, custom, created_at, updated_at)
                VALUES (?, ?, ?, ?, false, ?, ?)
                """, instanceId, id, key, name, now, now));
        database.execute(Sql.of("""
                INSERT INTO role_permission (instance_id, role_id, permission_id)
                SELECT instance_id, ?, id FROM permission WHERE instance_id = ? AND key = ANY (?)
                """, id, instanceId, permissionKeys));
        return id;
    }
}
