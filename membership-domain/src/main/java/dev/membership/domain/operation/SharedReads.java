package dev.membership.domain.operation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * Point reads of many callers by one statement: what is asked for while a statement runs is read together by the next one.
 * Nobody is made to wait for company: a call that comes alone is read alone, at once.
 *
 * <p>A read begins after it was asked for, so that it sees whatever its caller has seen committed. Those of different
 * instances are never put into one statement.
 *
 * @param <K> names a row inside an instance
 */
public final class SharedReads<K, V> {
    /**
     * One reader is enough for an instance while so few wait: more readers would each find fewer, and a statement costs
     * much the same for one row as for ten. Where more wait, the database is slow, and the next reader joins in.
     */
    private static final int WAITING_PER_READER = 32;

    private static final int MOST_READERS = 4;

    /** No virtual threads: a reader does little else than wait for a socket, which costs those twice as much CPU. */
    private static final Executor THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("point-reads-", 0).factory());

    private final int mostAtOnce;
    private final BiFunction<String, List<K>, Map<K, V>> statement;
    private final ConcurrentMap<String, Readers> byInstance = new ConcurrentHashMap<>();

    /**
     * @param mostAtOnce how many are asked for by one statement at the most; each waits for the rows of all
     * @param statement reads the rows of one instance; those that are not there it leaves out
     */
    public SharedReads(int mostAtOnce, BiFunction<String, List<K>, Map<K, V>> statement) {
        this.mostAtOnce = mostAtOnce;
        this.statement = statement;
    }

    /**
     * Asks for a row, for a caller whom {@link Operations#readSoon} has let in. Does not wait; the answer, or the catalogue's
     * refusal, comes on another thread.
     */
    public CompletionStage<Optional<V>> read(String instanceId, K key) {
        return byInstance.computeIfAbsent(instanceId, Readers::new).read(key);
    }

    private record Asked<K, V>(K key, CompletableFuture<Optional<V>> answer) {}

    private final class Readers {
        private final String instanceId;
        private final Queue<Asked<K, V>> queue = new ConcurrentLinkedQueue<>();
        private final AtomicInteger waiting = new AtomicInteger();
        private final AtomicInteger readers = new AtomicInteger();

        Readers(String instanceId) {
            this.instanceId = instanceId;
        }

        CompletionStage<Optional<V>> read(K key) {
            var asked = new Asked<K, V>(key, new CompletableFuture<>());
            queue.add(asked);
            startOne(waiting.incrementAndGet());
            return asked.answer();
        }

        private void startOne(int forSoMany) {
            int wanted = Math.min(MOST_READERS, 1 + forSoMany / WAITING_PER_READER);
            if (readers.getAndUpdate(number -> number < wanted ? number + 1 : number) < wanted) {
                try {
                    THREADS.execute(this::readWhatWaits);
                } catch (Throwable noThread) {
                    readers.decrementAndGet();
                    throw noThread;
                }
            }
        }

        private void readWhatWaits() {
            for (var together = take(); !together.isEmpty(); together = take()) {
                answer(together);
            }
            readers.decrementAndGet();
            if (!queue.isEmpty()) {
                startOne(waiting.get()); // it came between the last look and the step down
            }
        }

        private List<Asked<K, V>> take() {
            List<Asked<K, V>> taken = new ArrayList<>();
            while (taken.size() < mostAtOnce && queue.poll() instanceof Asked<K, V> next) {
                taken.add(next);
            }
            waiting.addAndGet(-taken.size());
            return taken;
        }

        private void answer(List<Asked<K, V>> together) {
            try {
                Map<K, V> found = DatabaseRefusals.asking(() -> statement.apply(
                        instanceId, together.stream().map(Asked::key).toList()));
                together.forEach(asked -> asked.answer().complete(Optional.ofNullable(found.get(asked.key()))));
            } catch (Throwable failure) {
                fail(together, failure);
                if (DatabaseRefusals.isUnreachable()) {
                    // Who has come meanwhile shall not wait as long once more.
                    for (var rest = take(); !rest.isEmpty(); rest = take()) {
                        fail(rest, failure);
                    }
                }
            }
        }

        private void fail(List<Asked<K, V>> together, Throwable failure) {
            together.forEach(asked -> asked.answer().completeExceptionally(failure));
        }
    }
}
