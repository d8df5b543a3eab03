package dev.membership.domain.operation;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether PostgreSQL can be reached at all, and answers. While it cannot, calls are refused at once: the pool would have each of them wait
 * for its own attempts to connect, for seconds. Now and then one call goes and looks.
 */
final class Outage {
    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(500).toNanos();

    /** When the next call may go and look, of {@link System#nanoTime}; null: PostgreSQL is there. */
    private final AtomicReference<@Nullable Long> nextLook = new AtomicReference<>();

    boolean refuses() {
        Long due = nextLook.get();
        if (due == null) {
            return false;
        }
        long now = System.nanoTime();
        return now - due < 0 || !nextLook.compareAndSet(due, now + LOOK_EVERY_NANOS);
    }

    boolean lasts() {
        return nextLook.get() != null;
    }

    /** Or has not ended. Those who have waited behind the one who looked shall not look one after the other. */
    void begins() {
        nextLook.set(System.nanoTime() + LOOK_EVERY_NANOS);
    }

    void ends() {
        if (nextLook.get() != null) {
            nextLook.set(null);
        }
    }
}
