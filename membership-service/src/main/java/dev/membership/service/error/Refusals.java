package dev.membership.service.error;

import dev.membership.domain.error.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the calls that are refused, whoever refuses them: GraphQL answers most refusals with 200, so that no metric of
 * HTTP tells them from successes.
 *
 * <p>Static, since some of those who refuse are made by the GraphQL framework, and no beans.
 */
public final class Refusals {
    /** The operation of what was refused before it was known. */
    public static final String UNKNOWN = "unknown";

    /** Where a call came in. */
    public enum Door {
        GRPC,
        GRAPHQL
    }

    private record Series(Door door, String operation, ErrorCode code) {}

    /** Kept, because a process that has too much to do refuses much and has no time for looking them up. */
    private static final Map<Series, Counter> COUNTERS = new ConcurrentHashMap<>();

    private Refusals() {}

    /** @param operation its public name or {@link #UNKNOWN}; never a client's word, as each is a series of its own */
    public static void count(Door door, String operation, ErrorCode code) {
        COUNTERS.computeIfAbsent(new Series(door, operation, code), Refusals::counter)
                .increment();
    }

    private static Counter counter(Series series) {
        return Counter.builder("membership.refusals")
                .description("Calls that were refused")
                .tag("door", series.door().name().toLowerCase(Locale.ROOT))
                .tag("operation", series.operation())
                .tag("code", series.code().code())
                .register(Metrics.globalRegistry);
    }
}
