package dev.membership.service.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts how many calls took how long, so that percentiles can be told of all replicas together. Few buckets: there is a
 * series of each for every operation and status.
 */
@Singleton
class LatencyBuckets implements MeterFilter {
    private static final Set<String> TIMERS = Set.of("grpc.server.processing.duration", HttpLabels.REQUESTS);
    private static final double[] NANOSECONDS = Stream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000)
            .mapToDouble(milliseconds -> Duration.ofMillis(milliseconds).toNanos())
            .toArray();

    @Override
    public @Nullable DistributionStatisticConfig configure(Meter.Id timer, DistributionStatisticConfig before) {
        return TIMERS.contains(timer.getName())
                ? DistributionStatisticConfig.builder()
                        .serviceLevelObjectives(NANOSECONDS)
                        .build()
                        .merge(before)
                : before;
    }
}
