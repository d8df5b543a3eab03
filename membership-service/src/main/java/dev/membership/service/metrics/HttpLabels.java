package dev.membership.service.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;

/**
 * Keeps what strangers make up out of the metrics of HTTP: each method and path would be a series of its own for as long as the
 * process lives, and none of them is a path that is served.
 */
@Singleton
class HttpLabels implements MeterFilter {
    static final String REQUESTS = "http.server.requests";
    private static final Map<String, Set<String>> SERVED =
            Map.of("method", Set.of("GET", "POST", "OPTIONS"), "uri", Set.of("/graphql"));
    private static final String OTHER = "OTHER";

    @Override
    public Meter.Id map(Meter.Id id) {
        return id.getName().equals(REQUESTS)
                ? id.replaceTags(id.getTags().stream().map(HttpLabels::served).toList())
                : id;
    }

    private static Tag served(Tag tag) {
        Set<String> values = SERVED.get(tag.getKey());
        return values == null || values.contains(tag.getValue()) ? tag : Tag.of(tag.getKey(), OTHER);
    }
}
