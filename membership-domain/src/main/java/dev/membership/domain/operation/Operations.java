package dev.membership.domain.operation;

import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The way into every use case, the same for all: may this caller call this operation at all, then the work, and for a
 * mutation one transaction around it with the record of its request id. What the database refuses becomes a refusal of
 * the catalogue here; two transactions that lock each other out are run again here.
 */
@ApplicationScoped
public class Operations {
    private static final Logger LOG = Logger.getLogger(Operations.class);
    private static final int ATTEMPTS = 4;
    /** Each failed attempt means that another change succeeded, so only heavy contention on one row needs this many. */
    private static final int ATTEMPTS_UNTIL_UNCHANGED = 8;

    private final RequestRecords requestRecords;

    Operations(RequestRecords requestRecords) {
        this.requestRecords = requestRecords;
    }

    /** Runs a read. Each of its statements sees what is committed when it starts. */
    public <T> T read(Caller caller, Operation operation, Supplier<T> work) {
        operation.requireAllowed(caller);
        return DatabaseRefusals.translating(work);
    }

    /**
     * Runs a read that is done on another thread, by {@link SharedReads}: only there it shows whether PostgreSQL answers.
     * What the work itself asks is waited for here.
     */
    public <T> CompletionStage<T> readSoon(Caller caller, Operation operation, Supplier<CompletionStage<T>> work) {
        operation.requireAllowed(caller);
        DatabaseRefusals.requireReachable();
        return DatabaseRefusals.inOurWords(work);
    }

    /**
     * Runs a mutation: all of it is written, or nothing.
     *
     * @param command what is asked for; two calls with the same request id must agree on it
     * @param type what the work returns, to read the kept answer back
     */
    public <T> T write(Call call, Object command, Class<T> type, Supplier<T> work) {
        call.operation().requireAllowed(call.caller());
        String id = call.requestId();
        var repeated = new AtomicBoolean();
        Supplier<T> first = () -> {
            repeated.setPlain(false);
            return work.get();
        };
        T answer = DatabaseRefusals.translating(() ->
                repeating(() -> QuarkusTransaction.requiringNew().call(() -> {
                    repeated.setPlain(true);
                    return id == null ? first.get() : requestRecords.answer(call, id, command, type, first);
                })));
        if (call.caller() instanceof Caller.Operator && !repeated.getPlain()) {
            // What an operator changes leaves no event. As JSON: a name may have lines.
            LOG.infof("%s by the operator: %s", call.operation().publicName(), Json.write(answer));
        }
        return answer;
    }

    /**
     * Runs a mutation that makes all its changes by its last statement. Without a request id it needs no transaction around
     * it: whatever that statement locks, it holds for no longer than PostgreSQL takes to run it.
     */
    public <T> T writeAtOnce(Call call, Object command, Class<T> type, Supplier<T> work) {
        if (call.requestId() != null) {
            return write(call, command, type, work);
        }
        call.operation().requireAllowed(call.caller());
        return DatabaseRefusals.translating(() -> repeating(work));
    }

    /**
     * Runs work that reads, and then changes what it read only where that is still as it was: again while it is not.
     *
     * @param attempt empty: something had been written in between
     * @throws Refusal {@code conflict} when others were faster {@value #ATTEMPTS_UNTIL_UNCHANGED} times
     */
    public static <T> T untilUnchanged(Supplier<Optional<T>> attempt) {
        return Stream.generate(attempt)
                .limit(ATTEMPTS_UNTIL_UNCHANGED)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new Refusal(ErrorCode.CONFLICT));
    }

    private static <T> T repeating(Supplier<T> transaction) {
        for (int attempt = 1; ; attempt++) {
            try {
                return transaction.get();
            } catch (RuntimeException failure) {
                if (attempt == ATTEMPTS || !DatabaseRefusals.isTransient(failure)) {
                    throw failure;
                }
            }
        }
    }
}
