package dev.membership.service.admission;

import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * How many bytes of large requests may be under way at both doors together: as many as the heap can hold, also of requests
 * that never end. And how long they may take to come, lest one caller's that never end keep all others' out.
 */
@ApplicationScoped
public class RequestRoom {
    /** Of the heap, for a byte of a request: read in, as text and as objects, of which the smallest take the most. */
    private static final int HEAP_FOR_A_BYTE = 32;

    private final Semaphore bytes;
    private final Duration timeout;

    /** @param largest what a request may have at the most; one of them finds room in any heap */
    RequestRoom(
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize largest, AdmissionConfig config) {
        long heap = Runtime.getRuntime().maxMemory();
        this.bytes = new Semaphore(
                Math.clamp(heap / HEAP_FOR_A_BYTE, Math.toIntExact(largest.asLongValue()), Integer.MAX_VALUE));
        this.timeout = config.requestTimeout();
    }

    /** @return whether there is room; then it is to be left once */
    public boolean take(int more) {
        return bytes.tryAcquire(more);
    }

    /** @return after how many milliseconds a request that has taken room, and has not come yet, is to be given up */
    public long timeout() {
        return timeout.toMillis();
    }

    public void leave(int taken) {
        bytes.release(taken);
    }
}
