package dev.membership.domain.organization;

import dev.membership.domain.caller.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;

/**
 * Changes of one organization that many calls ask for, in one transaction: what is asked for while the first of them waits for
 * its turn is done together with it. One commit then covers many changes, so throughput grows with the number of waiting
 * calls. Nobody waits for company.
 *
 * <p>Only calls of one caller go together. What several cannot do together, each does alone: one that breaks a rule is
 * refused, and the others are not.
 *
 * @param <W> what is asked for
 * @param <R> what came of it
 */
public final class SharedTurns<W, R> {
    /** How many one transaction does: it locks the organization for as long as it takes for all of them. */
    private static final int MOST_AT_ONCE = 100;

    private final OrganizationTurns turns;
    private final Statement<W, R> statement;
    private final ConcurrentMap<Line, Waiting<W, R>> lines = new ConcurrentHashMap<>();

    public SharedTurns(OrganizationTurns turns, Statement<W, R> statement) {
        this.turns = turns;
        this.statement = statement;
    }

    /** Does what is asked for, in one transaction of its own. */
    @FunctionalInterface
    public interface Statement<W, R> {
        /**
         * @return what came of each, in their order; empty: nothing was done, as not all can be done together. One alone is
         *     always done, or fails
         */
        Optional<List<R>> run(Call call, String organizationId, List<W> asked);
    }

    private record Line(Call call, String organizationId) {}

    private record Asked<W, R>(W work, CompletableFuture<R> answer) {}

    /** Those who wait, last first. */
    private record Waiting<W, R>(Asked<W, R> last, @Nullable Waiting<W, R> before) {}

    /**
     * Runs one change in the calling thread or another's.
     *
     * @param call without a request id, as two with one are not the same call
     * @throws java.util.concurrent.CompletionException with what the statement, or the wait for a turn, failed with
     */
    public R run(Call call, String organizationId, W work) {
        Line line = new Line(call, organizationId);
        var mine = new Asked<W, R>(work, new CompletableFuture<>());
        if (lines.compute(line, (same, before) -> new Waiting<>(mine, before)).before() == null) {
            lead(line);
        }
        return turns.await(mine.answer());
    }

    private void lead(Line line) {
        try {
            turns.take(line.organizationId(), () -> {
                takeAll(line).stream()
                        .gather(Gatherers.windowFixed(MOST_AT_ONCE))
                        .forEach(together -> answer(line, together));
                return line;
            });
        } catch (Throwable noTurn) {
            fail(takeAll(line), noTurn);
        }
    }

    private List<Asked<W, R>> takeAll(Line line) {
        List<Asked<W, R>> taken = new ArrayList<>();
        for (var waiting = lines.remove(line); waiting != null; waiting = waiting.before()) {
            taken.addFirst(waiting.last());
        }
        return taken;
    }

    private void answer(Line line, List<Asked<W, R>> together) {
        try {
            Optional<List<R>> answers = statement.run(
                    line.call(),
                    line.organizationId(),
                    together.stream().map(Asked::work).toList());
            if (answers.isEmpty()) {
                together.forEach(one -> answer(line, List.of(one)));
                return;
            }
            for (int i = 0; i < together.size(); i++) {
                together.get(i).answer().complete(answers.get().get(i));
            }
        } catch (Throwable failure) {
            fail(together, failure);
        }
    }

    private void fail(List<Asked<W, R>> together, Throwable failure) {
        together.forEach(asked -> asked.answer().completeExceptionally(failure));
    }
}
