package dev.membership.service.background;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** What an operator can set of the outbox. */
@ConfigMapping(prefix = "membership.events")
interface EventsConfig {
    /** How long events stay after they could first be read; empty: until somebody deletes them. */
    Optional<
                    @DurationMin(
                            millis = 1,
                            message =
                                    "(MEMBERSHIP_EVENTS_KEPT) must be a millisecond or more; without it events are kept")
                    Duration>
            kept();
}
