package dev.membership.domain.operation;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Makes a repeated mutation harmless: within {@link #KEPT}, the same request id of the same caller gets the first one's
 * answer. Only successes are kept, since a refusal wrote nothing and may be retried.
 */
@ApplicationScoped
public class RequestRecords {
    static final Duration KEPT = Duration.ofHours(24);
    private final Database database;
    private final Access access;
    private final Clock clock;

    RequestRecords(Database database, Access access, Clock clock) {
        this.database = database;
        this.access = access;
        this.clock = clock;
    }

    /**
     * Runs the work in the present transaction and keeps its answer, or returns the kept one. A twin that runs at the same
     * time waits in the insert: the first one's answer is its answer, or, had the first failed, it is the first.
     */
    <T> T answer(Call call, String requestId, Object command, Class<T> type, Supplier<T> work) {
        byte[] fingerprint = fingerprint(call.operation(), command);
        Instant now = Input.now(clock);
        boolean first =
                database.execute(Sql.of("""
                        INSERT INTO request_record AS kept (instance_id, caller_id, request_id, fingerprint, created_at)
                        VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (instance_id, caller_id, request_id) DO UPDATE
                            SET fingerprint = EXCLUDED.fingerprint, created_at = EXCLUDED.created_at, response = NULL
                            WHERE kept.created_at < ?
                        """, scope(call), callerId(call), requestId, fingerprint, now, now.minus(KEPT)))
                        == 1;
        if (first) {
            return keep(call, requestId, work.get());
        }
        if (call.caller() instanceof Caller.User user) {
            access.self(user); // who was banned since is told nothing any more
        }
        // No Optional: what a call that had nothing to do answered is null.
        return database.list(
                        key("SELECT fingerprint, response FROM request_record", call, requestId),
                        row -> kept(row, fingerprint, type))
                .getFirst();
    }

    /** Forgets the answers that are older than a day, some at a time. */
    public int forgetOld(int most) {
        return database.execute(Sql.of("""
                DELETE FROM request_record WHERE (instance_id, caller_id, request_id) IN (
                    SELECT instance_id, caller_id, request_id FROM request_record
                    WHERE created_at < ? ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED)
                """, clock.instant().minus(KEPT), most));
    }

    private <T> T keep(Call call, String requestId, T answer) {
        database.execute(Sql.of("UPDATE request_record SET response = ?::jsonb", Json.write(answer))
                .add(key("", call, requestId)));
        return answer;
    }

    /** The operator belongs to no instance, and no instance has an empty id. */
    private static String scope(Call call) {
        return call.caller() instanceof Caller.Operator ? "" : call.instanceId();
    }

    private static String callerId(Call call) {
        return call.actorType() + ":" + call.caller().id();
    }

    private static Sql key(String statement, Call call, String requestId) {
        return Sql.of(
                statement + " WHERE instance_id = ? AND caller_id = ? AND request_id = ?",
                scope(call),
                callerId(call),
                requestId);
    }

    private static <T> T kept(Row row, byte[] fingerprint, Class<T> type) throws java.sql.SQLException {
        if (!MessageDigest.isEqual(row.bytes(), fingerprint)) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID,
                    "request_id",
                    "request_id was used before, for a call with other arguments.");
        }
        return Json.read(row.text(), type);
    }

    private static byte[] fingerprint(Operation operation, Object command) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest((operation.publicName() + Json.writeGiven(command)).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
