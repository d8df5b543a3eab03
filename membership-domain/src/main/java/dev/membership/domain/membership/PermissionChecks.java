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
import dev.membership.domain.operation.SharedReads;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Answers who may do what, from the roles held now. */
@ApplicationScoped
public class PermissionChecks {
    private static final int MAX_BATCH = 1_000;

    private final Operations operations;
    private final Access access;
    private final Database database;
    private final SharedReads<Check, PermissionCheck> pointChecks = new SharedReads<>(200, this::byCheck);

    PermissionChecks(Operations operations, Access access, Database database) {
        this.operations = operations;
        this.access = access;
        this.database = database;
    }

    /**
     * At most one statement for a backend, shared with whoever asks at the same time; one more for a user, who may only ask
     * about itself. Only that one is waited for here.
     */
    public CompletionStage<PermissionCheck> check(Caller caller, Check check) {
        return operations.readSoon(caller, Operation.CHECK_PERMISSION, () -> {
            Check asked = checked(Params.ONE, check);
            requireSelf(caller, List.of(asked));
            return pointChecks.read(caller.instanceId(), asked).thenApply(Optional::orElseThrow);
        });
    }

    /**
     * Up to {@value #MAX_BATCH} checks, answered in their order, for the same number of statements as one.
     *
     * @throws Refusal {@code bulk_size_exceeded}
     */
    public List<PermissionCheck> checkAll(Caller caller, List<Check> checks) {
        return operations.read(caller, Operation.BATCH_CHECK_PERMISSIONS, () -> {
            List<Check> asked = Input.batch("checks", checks, MAX_BATCH).stream()
                    .map(check -> checked(Params.OF_BATCH, check))
                    .toList();
            requireSelf(caller, asked);
            return answers(caller.instanceId(), asked);
        });
    }

    /** How a check's fields are named, in a call of one and in one of many. */
    private record Params(String organizationId, String userId, String permission) {
        static final Params ONE = new Params("organization_id", "user_id", "permission");
        static final Params OF_BATCH = new Params("checks.organization_id", "checks.user_id", "checks.permission");
    }

    private static Check checked(Params params, Check check) {
        return new Check(
                Input.reference(params.organizationId(), check.organizationId()),
                Input.reference(params.userId(), check.userId()),
                Input.reference(params.permission(), check.permission()));
    }

    private void requireSelf(Caller caller, List<Check> checks) {
        if (caller instanceof Caller.User user) {
            String self = access.self(user);
            if (!checks.stream().map(Check::userId).allMatch(self::equals)) {
                throw new Refusal(ErrorCode.AUTHORIZATION_INVALID);
            }
        }
    }

    private Map<Check, PermissionCheck> byCheck(String instanceId, List<Check> checks) {
        List<PermissionCheck> answers = answers(instanceId, checks);
        Map<Check, PermissionCheck> byCheck = new HashMap<>();
        for (int i = 0; i < answers.size(); i++) {
            byCheck.put(checks.get(i), answers.get(i));
        }
        return byCheck;
    }

    private List<PermissionCheck> answers(String instanceId, List<Check> checks) {
        return database.list(
                // Asked once for all checks: whether any organization waits to be purged, which few do. Then one by one
                // and not by IN or EXISTS, for which PostgreSQL would read all that wait, for each check.
                Sql.of(
                        """
                        SELECT CASE
                            WHEN m.role_id IS NULL
                                OR (SELECT EXISTS (SELECT FROM organization WHERE instance_id = ? AND deleted_at IS NOT NULL))
                                AND (SELECT true FROM organization o WHERE o.instance_id = m.instance_id
                                    AND o.id = m.organization_id AND o.deleted_at IS NOT NULL)
                                THEN 'NOT_A_MEMBER'
                            WHEN m.user_banned THEN 'USER_BANNED'
                            WHEN asked.permission = ANY (r.permission_keys) THEN 'GRANTED'
                            WHEN EXISTS (SELECT 1 FROM permission p WHERE p.instance_id = ? AND p.key = asked.permission)
                                THEN 'ROLE_LACKS_PERMISSION'
                            ELSE 'UNKNOWN_PERMISSION' END, r.key
                        FROM unnest(?, ?, ?) WITH ORDINALITY AS asked (organization_id, user_id, permission, place)
                        LEFT JOIN membership m ON m.instance_id = ? AND m.organization_id = asked.organization_id
                            AND m.user_id = asked.user_id
                        LEFT JOIN role r ON r.instance_id = m.instance_id AND r.id = m.role_id
                        ORDER BY asked.place
                        """,
                        instanceId,
                        instanceId,
                        checks.stream().map(Check::organizationId).toList(),
                        checks.stream().map(Check::userId).toList(),
                        checks.stream().map(Check::permission).toList(),
                        instanceId),
                PermissionChecks::answer);
    }

    private static PermissionCheck answer(Row row) throws SQLException {
        Reason reason = Reason.valueOf(row.text());
        String role = row.textOrNull();
        return new PermissionCheck(reason, reason == Reason.NOT_A_MEMBER ? null : role);
    }
}
