package dev.membership.service.background;

import dev.membership.domain.operation.Backlog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ApplicationNotRunning;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Tells how much there is of what grows by itself. It is measured now and then, and not when it is asked for, so that a
 * scrape needs no database. Until the first time the values are NaN.
 */
@Startup
@ApplicationScoped
class BacklogGauges {
    private final Backlog backlog;
    private final Clock clock;
    private volatile Backlog.@Nullable Size size;

    BacklogGauges(Backlog backlog, Clock clock, MeterRegistry metrics) {
        this.backlog = backlog;
        this.clock = clock;
        register(metrics, "membership.events", null, "Events in the outbox, estimated", Backlog.Size::events);
        register(metrics, "membership.events.size", "bytes", "Disk space of the outbox", Backlog.Size::eventBytes);
        registerAge(metrics, "membership.events.oldest.age", "Age of the oldest event kept", Backlog.Size::oldestEvent);
        registerAge(
                metrics,
                "membership.requests.oldest.age",
                "Age of the oldest request id kept",
                Backlog.Size::oldestRequest);
        registerAge(
                metrics,
                "membership.deletions.oldest.age",
                "How long ago the organization was deleted whose members wait the longest to be removed",
                Backlog.Size::oldestDeletion);
    }

    @Scheduled(
            every = "{membership.background.measure-every}",
            concurrentExecution = ConcurrentExecution.SKIP,
            skipExecutionIf = ApplicationNotRunning.class)
    void measure() {
        size = backlog.measure();
    }

    /** 0: there is nothing of the kind. */
    private void registerAge(
            MeterRegistry metrics, String name, String description, Function<Backlog.Size, @Nullable Instant> since) {
        register(metrics, name, "seconds", description, measured -> {
            Instant oldest = since.apply(measured);
            return oldest == null
                    ? 0
                    : Duration.between(oldest, clock.instant()).toMillis() / 1_000.0;
        });
    }

    private void register(
            MeterRegistry metrics,
            String name,
            @Nullable String unit,
            String description,
            ToDoubleFunction<Backlog.Size> value) {
        Gauge.builder(name, () -> {
                    Backlog.Size measured = size;
                    return measured == null ? Double.NaN : value.applyAsDouble(measured);
                })
                .baseUnit(unit)
                .description(description)
                .register(metrics);
    }
}
