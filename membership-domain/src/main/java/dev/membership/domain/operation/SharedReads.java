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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * Point reads of many callers by one statement: what is asked for while the readers are busy is read together, as soon as
 * one of them is free. Nobody is made to wait for company: a call that comes alone is read alone, at once.
 *
 * <p>A read begins after it was asked for, so that it sees whatever its caller has seen committed. Those of different
 * instances are never put into one statement.
 *
 * @param <K> names a row inside an instance
 */
public final class SharedReads<K, V> {
    /** Statements that run at a time, for an instance: with more, each would be shared by fewer. */
    private static final int READERS = Integer.getInteger("readers", 2);

    private static final int MOST_AT_ONCE = 200;

    private final BiFunction<String, List<K>, Map<K, V>> statement;
    private final ConcurrentMap<String, Readers> byInstance = new ConcurrentHashMap<>();

    /** @param statement reads the rows of one instance; those that are not there it leaves out */
    public SharedReads(BiFunction<String, List<K>, Map<K, V>> statement) {
        this.statement = statement;
    }

    /** Asks for a row. Does not wait; the answer, or the catalogue's refusal, comes on another thread. */
    public CompletionStage<Optional<V>> read(String instanceId, K key) {
        return byInstance.computeIfAbsent(instanceId, Readers::new).read(key);
    }

    private record Asked<K, V>(K key, CompletableFuture<Optional<V>> answer) {}

    private final class Readers {
        private final String instanceId;
        private final Queue<Asked<K, V>> waiting = new ConcurrentLinkedQueue<>();
        private final AtomicInteger busy = new AtomicInteger();

        Readers(String instanceId) {
            this.instanceId = instanceId;
        }

        CompletionStage<Optional<V>> read(K key) {
            var asked = new Asked<K, V>(key, new CompletableFuture<>());
            waiting.add(asked);
            startOne();
            return asked.answer();
        }

        private void startOne() {
            if (busy.getAndUpdate(number -> Math.min(READERS, number + 1)) < READERS) {
                Thread.startVirtualThread(this::readWhatWaits);
            }
        }

        private void readWhatWaits() {
            for (var together = take(); !together.isEmpty(); together = take()) {
                answer(together);
            }
            busy.decrementAndGet();
            if (!waiting.isEmpty()) {
                startOne(); // it came between the last look and the step down
            }
        }

        private List<Asked<K, V>> take() {
            List<Asked<K, V>> taken = new ArrayList<>();
            for (Asked<K, V> next = waiting.poll(); next != null; next = waiting.poll()) {
                taken.add(next);
                if (taken.size() == MOST_AT_ONCE) {
                    break;
                }
            }
            return taken;
        }

        private void answer(List<Asked<K, V>> together) {
            try {
                Map<K, V> found = DatabaseRefusals.translating(() -> statement.apply(
                        instanceId, together.stream().map(Asked::key).toList()));
                together.forEach(asked -> asked.answer().complete(Optional.ofNullable(found.get(asked.key()))));
            } catch (Throwable failure) {
                together.forEach(asked -> asked.answer().completeExceptionally(failure));
            }
        }
    }
}
