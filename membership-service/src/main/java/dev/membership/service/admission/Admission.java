package dev.membership.service.admission;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.organization.OrganizationTurns;
import dev.membership.service.database.DatabaseConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Which calls are taken, at both doors: no more at a time than the process can answer soon, and none that it could not
 * finish before it ends. What is refused here has cost no work yet, so the service keeps its pace however much is asked
 * of it, and whoever is refused may ask another replica.
 *
 * <p>Lets the process end without cutting a call off, too. For {@code quarkus.shutdown.delay} after it was told to end,
 * only its health says so; then new requests are refused and clients of gRPC sent elsewhere, and calls under way have
 * {@code quarkus.shutdown.timeout} to be answered. The framework's own graceful shutdown does not suffice: it takes new HTTP requests to the last, and knows
 * nothing of gRPC calls.
 */
@Startup
@ApplicationScoped
public class Admission {
    private static final Logger LOG = Logger.getLogger(Admission.class);
    /** One that uses it and one that is next: a few callers who wait for the same row are no overload. */
    private static final int CALLS_PER_DATABASE_CONNECTION = 2;

    private static final int AFTER_GRPC = Interceptor.Priority.APPLICATION + 1;

    private final int maxCalls;
    private final CallLimit limit;
    private final OrganizationTurns turns;
    private final Duration delay;
    private final Duration timeout;
    private final Counter shed;
    private int running;
    private int unsent;
    /** Both of {@link System#nanoTime}; null until the process is told to end. */
    private @Nullable Long refusesFrom;

    private @Nullable Long endsAt;

    Admission(
            AdmissionConfig config,
            DatabaseConfig database,
            @ConfigProperty(name = "quarkus.shutdown.delay") Optional<Duration> delay,
            @ConfigProperty(name = "quarkus.shutdown.timeout") Optional<Duration> timeout,
            Waits waits,
            OrganizationTurns turns,
            MeterRegistry metrics) {
        this.maxCalls = config.maxCalls();
        this.limit = new CallLimit(database.pool() * CALLS_PER_DATABASE_CONNECTION, maxCalls);
        this.turns = turns;
        this.delay = delay.orElse(Duration.ZERO);
        this.timeout = timeout.orElse(Duration.ZERO);
        this.shed = Counter.builder("membership.calls.shed")
                .description("Calls refused because as many were running as may")
                .register(metrics);
        Gauge.builder("membership.calls.running", this, Admission::running)
                .description("Calls under way at both doors")
                .register(metrics);
        Gauge.builder("membership.calls.limit", limit::calls)
                .description("Calls that may be under way at both doors")
                .register(metrics);
        Gauge.builder("membership.calls.wait.seconds", () -> limit.waitMillis() / 1e3)
                .description("How long calls wait for an event loop, a thread and a connection")
                .register(metrics);
        waits.watch(limit::waited);
    }

    /**
     * Asks whether a call would be taken, before all of it has come: until then there is nothing to do for it, and it takes no
     * place, lest clients who send no more keep others out.
     *
     * @param toTheLast whether it is not refused because the process is ending: gRPC clients are moved by GOAWAY, and calls
     *     sent before they saw it are answered
     * @return empty: it would be; otherwise why it is refused
     */
    public synchronized Optional<ErrorCode> refusal(boolean toTheLast) {
        if (!toTheLast && refusesFrom != null && System.nanoTime() - refusesFrom >= 0) {
            return Optional.of(ErrorCode.SERVICE_UNAVAILABLE);
        }
        // Who waits for its turn in an organization needs nothing meanwhile that another call could use.
        if (running >= maxCalls || running - turns.waiting() >= limit.calls()) {
            shed.increment();
            return Optional.of(ErrorCode.TOO_MANY_REQUESTS);
        }
        return Optional.empty();
    }

    /**
     * Asks whether a call is taken that has come.
     *
     * @param toTheLast see {@link #refusal}
     * @return empty: it is, and is waited for until {@link #end}; otherwise why it is refused
     */
    public synchronized Optional<ErrorCode> begin(boolean toTheLast) {
        Optional<ErrorCode> refusal = refusal(toTheLast);
        if (refusal.isEmpty()) {
            running++;
        }
        return refusal;
    }

    /** Says that a call which was taken has ended, whichever way; to be called once for each. */
    public synchronized void end() {
        running--;
        tellWhoWaits();
    }

    /**
     * Says that a call which was taken has its answer and keeps nobody out any more, instead of {@link #end}; {@link #sent} is to
     * follow.
     */
    public synchronized void answered() {
        running--;
        unsent++;
    }

    /** Says that nothing of an answer is left here: the client has it, or has hung up. */
    public synchronized void sent() {
        unsent--;
        tellWhoWaits();
    }

    private void tellWhoWaits() {
        if (endsAt != null) {
            notifyAll();
        }
    }

    /** How long calls are still taken as ever after the process was told to end. */
    public Duration delay() {
        return delay;
    }

    private synchronized int running() {
        return running;
    }

    /** Comes as soon as the process is told to end. */
    synchronized void onBegin(@Observes ShutdownDelayInitiatedEvent told) {
        refusesFrom = System.nanoTime() + delay.toNanos();
        endsAt = refusesFrom + timeout.toNanos();
    }

    /**
     * Comes when the framework waits for HTTP requests no longer and no gRPC call can come any more; everything that calls
     * need is still there.
     */
    synchronized void onEnd(@Observes @Priority(AFTER_GRPC) ShutdownEvent ending) throws InterruptedException {
        while (running + unsent > 0 && endsAt != null && endsAt - System.nanoTime() > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, endsAt - System.nanoTime());
        }
        if (running + unsent > 0) {
            LOG.warnf("%d calls are cut off: they have not ended within quarkus.shutdown.timeout", running + unsent);
        }
    }
}
