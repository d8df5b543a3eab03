package dev.membership.domain.database;

import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.Dependent;

/** How long calls wait until the pool has a connection for them; for one who asks again and again. */
@Dependent
public class ConnectionWait {
    private final AgroalDataSource pool;
    private long acquired;
    private long waitedNanos;
    private long lastAcquired = System.nanoTime();

    ConnectionWait(AgroalDataSource pool) {
        this.pool = pool;
    }

    /**
     * Average wait, in nanoseconds, of the calls that got a connection since the last call of this method. If calls wait and
     * none has got one since: the time since one did, or since no call waited.
     */
    public long nanos() {
        var metrics = pool.getMetrics();
        long count = metrics.acquireCount() - acquired;
        long nanos = metrics.blockingTimeTotal().toNanos() - waitedNanos;
        acquired += count;
        waitedNanos += nanos;
        long now = System.nanoTime();
        if (count > 0 || metrics.awaitingCount() == 0) {
            lastAcquired = now;
        }
        return count > 0 ? nanos / count : now - lastAcquired;
    }
}
