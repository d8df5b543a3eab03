package dev.membership.domain.operation;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Circuit breaker for PostgreSQL: while it is unreachable or silent, calls are refused at once, since each would wait for
 * seconds for its own attempts to connect. Every 500 ms one call is let through to probe.
 */
final class Outage {
    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(500).toNanos();

    /** When the next call may probe, of {@link System#nanoTime}; null: PostgreSQL is there. */
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

    /** Also called when a probe fails: postpones the next probe, so that calls queued behind it do not probe one by one. */
    void begins() {
        nextLook.set(System.nanoTime() + LOOK_EVERY_NANOS);
    }

    void ends() {
        if (nextLook.get() != null) {
            nextLook.set(null);
        }
    }
}
