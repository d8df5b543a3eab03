package dev.membership.domain.organization;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets only a few calls of this process change one organization at a time. All of them need the lock of the same row
 * ({@link OrganizationCounters}), and those that wait for it in PostgreSQL each hold a connection that others need, and
 * slow down whoever has the lock: so they wait here. No rule hangs on it, since other processes do not stand in this line.
 */
@ApplicationScoped
public class OrganizationTurns {
    /** One that has the lock and one that waits for it, so that it is never free while it is wanted. */
    private static final int AT_A_TIME = 2;

    /** Organizations share a line where their ids' hashes do, which is harmless and rare. */
    private static final int LINES = 4_096;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(8);

    private final Semaphore[] lines = new Semaphore[LINES];
    private final AtomicInteger waiting = new AtomicInteger();

    OrganizationTurns() {
        Arrays.setAll(lines, line -> new Semaphore(AT_A_TIME, true));
    }

    /**
     * Runs a change of an organization when it is its turn. Not to be called within another turn, nor while a row is locked.
     *
     * @throws Refusal {@code deadline_exceeded} when its turn does not come within 8 seconds
     */
    public <T> T take(@Nullable String organizationId, Supplier<T> change) {
        Semaphore line = lines[Math.floorMod(String.valueOf(organizationId).hashCode(), LINES)];
        waiting.incrementAndGet();
        try {
            if (!line.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Refusal(ErrorCode.DEADLINE_EXCEEDED);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Refusal(ErrorCode.DEADLINE_EXCEEDED);
        } finally {
            waiting.decrementAndGet();
        }
        try {
            return change.get();
        } finally {
            line.release();
        }
    }

    /** Waits for what another call does in its turn, and so within the time of that. */
    <T> T await(CompletableFuture<T> done) {
        waiting.incrementAndGet();
        try {
            return done.join();
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** How many calls wait for their turn, in all organizations. */
    public int waiting() {
        return waiting.get();
    }
}
