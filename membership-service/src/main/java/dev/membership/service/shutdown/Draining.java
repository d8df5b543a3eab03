package dev.membership.service.shutdown;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Lets the process end without cutting a call off. For {@code quarkus.shutdown.delay} after it was told to end, only its
 * health says so; then new calls are refused, and those under way have {@code quarkus.shutdown.timeout} to be answered.
 *
 * <p>The framework's own graceful shutdown does not suffice: it takes new HTTP requests to the last, and knows nothing of
 * gRPC calls.
 */
@ApplicationScoped
public class Draining {
    private static final Logger LOG = Logger.getLogger(Draining.class);

    private final Duration delay;
    private final Duration timeout;
    private int running;
    /** Both of {@link System#nanoTime}; null until the process is told to end. */
    private @Nullable Long refusesFrom;

    private @Nullable Long endsAt;

    Draining(
            @ConfigProperty(name = "quarkus.shutdown.delay") Optional<Duration> delay,
            @ConfigProperty(name = "quarkus.shutdown.timeout") Optional<Duration> timeout) {
        this.delay = delay.orElse(Duration.ZERO);
        this.timeout = timeout.orElse(Duration.ZERO);
    }

    /** Whether calls that come now are to be sent elsewhere. */
    public synchronized boolean refuses() {
        return refusesFrom != null && System.nanoTime() - refusesFrom >= 0;
    }

    /** @return false: the call is refused; true: it is waited for until {@link #end} */
    public synchronized boolean begin() {
        if (refuses()) {
            return false;
        }
        running++;
        return true;
    }

    public synchronized void end() {
        running--;
        notifyAll();
    }

    /** Comes as soon as the process is told to end. */
    synchronized void onBegin(@Observes ShutdownDelayInitiatedEvent told) {
        refusesFrom = System.nanoTime() + delay.toNanos();
        endsAt = refusesFrom + timeout.toNanos();
    }

    /** Comes when the HTTP requests are done; everything that calls need is still there. */
    synchronized void onEnd(@Observes ShutdownEvent ending) throws InterruptedException {
        while (running > 0 && endsAt != null && endsAt - System.nanoTime() > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, endsAt - System.nanoTime());
        }
        if (running > 0) {
            LOG.warnf("%d calls are cut off: they have not ended within quarkus.shutdown.timeout", running);
        }
    }
}
