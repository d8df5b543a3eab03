package dev.membership.domain.membership;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import dev.membership.domain.membership.MembershipCommands.Check;
import dev.membership.domain.membership.PermissionCheck.Reason;
import dev.membership.domain.operation.Operations;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.List;

/** Answers who may do what, from the roles held now. */
@ApplicationScoped
public class PermissionChecks {
    public static final int MAX_BATCH = 1_000;

    private final Operations operations;
    private final Access access;
    private final Database database;

    PermissionChecks(Operations operations, Access access, Database database) {
        this.operations = operations;
        this.access = access;
        this.database = database;
    }

    /** One statement for a backend, one more for a user, who may only ask about itself. */
    public PermissionCheck check(Caller caller, Check check) {
        return operations.read(
                caller,
                Operation.CHECK_PERMISSION,
                () -> answer(caller, List.of(check)).getFirst());
    }

    /**
     * Up to {@value #MAX_BATCH} checks, answered in their order, for the same number of statements as one.
     *
     * @throws Refusal {@code bulk_size_exceeded}
     */
    public List<PermissionCheck> checkAll(Caller caller, List<Check> checks) {
        return operations.read(
                caller,
                Operation.BATCH_CHECK_PERMISSIONS,
                () -> answer(caller, Input.batch("checks", checks, MAX_BATCH)));
    }

    private List<PermissionCheck> answer(Caller caller, List<Check> checks) {
        List<String> organizations = checks.stream()
                .map(check -> Input.reference("organization_id", check.organizationId()))
                .toList();
        List<String> users = checks.stream()
                .map(check -> Input.reference("user_id", check.userId()))
                .toList();
        List<String> permissions = checks.stream()
                .map(check -> Input.reference("permission", check.permission()))
                .toList();
        if (caller instanceof Caller.User user) {
            String self = access.self(user);
            if (!users.stream().allMatch(self::equals)) {
                throw new Refusal(ErrorCode.AUTHORIZATION_INVALID);
            }
        }
        return database.list(
                Sql.of("""
                        SELECT o.id IS NOT NULL, u.banned, r.key, coalesce(r.permission_keys @> ARRAY[asked.permission], false),
                            EXISTS (SELECT 1 FROM permission p WHERE p.instance_id = ? AND p.key = asked.permission)
                        FROM unnest(?, ?, ?) WITH ORDINALITY AS asked (organization_id, user_id, permission, place)
                        LEFT JOIN membership m ON m.instance_id = ? AND m.organization_id = asked.organization_id
                            AND m.user_id = asked.user_id
                        LEFT JOIN organization o ON o.instance_id = m.instance_id AND o.id = m.organization_id
                            AND o.deleted_at IS NULL
                        LEFT JOIN role r ON r.instance_id = m.instance_id AND r.id = m.role_id
                        LEFT JOIN app_user u ON u.instance_id = m.instance_id AND u.id = m.user_id
                        ORDER BY asked.place
                        """, caller.instanceId(), organizations, users, permissions, caller.instanceId()),
                PermissionChecks::answer);
    }

    private static PermissionCheck answer(Row row) throws SQLException {
        boolean member = row.flag();
        boolean banned = row.flag();
        String role = row.textOrNull();
        boolean granted = row.flag();
        boolean known = row.flag();
        if (!member) {
            return new PermissionCheck(Reason.NOT_A_MEMBER, null);
        }
        Reason reason = banned
                ? Reason.USER_BANNED
                : granted ? Reason.GRANTED : known ? Reason.ROLE_LACKS_PERMISSION : Reason.UNKNOWN_PERMISSION;
        return new PermissionCheck(reason, role);
    }
}
