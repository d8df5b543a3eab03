package dev.membership.domain.role;

import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Which permissions a role has. Whoever changes that holds the role's lock. */
@ApplicationScoped
class RolePermissions {
    private final Database database;

    RolePermissions(Database database) {
        this.database = database;
    }

    /** The ids of a role's permissions as they are sent: at most 100, none twice. */
    static List<String> checked(List<String> ids) {
        return Input.distinct("permissions", Input.filterValues("permissions", ids));
    }

    /** Gives a role these permissions and takes all others from it. */
    void replace(String instanceId, String roleId, List<String> permissionIds) {
        require(instanceId, permissionIds, "permissions");
        database.execute(Sql.of(
                "DELETE FROM role_permission WHERE instance_id = ? AND role_id = ? AND permission_id <> ALL (?)",
                instanceId,
                roleId,
                permissionIds));
        database.execute(Sql.of("""
                INSERT INTO role_permission (instance_id, role_id, permission_id)
                SELECT ?, ?, unnest(?) ON CONFLICT DO NOTHING
                """, instanceId, roleId, permissionIds));
    }

    /** A permission that the role has already, the primary key refuses. */
    void assign(String instanceId, String roleId, String permissionId) {
        require(instanceId, List.of(permissionId), "permission_id");
        database.execute(Sql.of(
                "INSERT INTO role_permission (instance_id, role_id, permission_id) VALUES (?, ?, ?)",
                instanceId,
                roleId,
                permissionId));
    }

    /** @throws Refusal {@code organization_role_permission_association_not_found} */
    void remove(String instanceId, String roleId, String permissionId) {
        int removed = database.execute(Sql.of(
                "DELETE FROM role_permission WHERE instance_id = ? AND role_id = ? AND permission_id = ?",
                instanceId,
                roleId,
                permissionId));
        if (removed == 0) {
            throw new Refusal(ErrorCode.ORGANIZATION_ROLE_PERMISSION_ASSOCIATION_NOT_FOUND);
        }
    }

    /** Asks that the permissions are there, and keeps them there until the transaction ends. */
    private void require(String instanceId, List<String> permissionIds, String param) {
        List<String> found = database.list(
                Sql.of(
                        "SELECT id FROM permission WHERE instance_id = ? AND id = ANY (?) ORDER BY id FOR KEY SHARE",
                        instanceId,
                        permissionIds),
                Row::text);
        if (found.size() < permissionIds.size()) {
            throw Refusal.notFound("permission", param);
        }
    }
}
