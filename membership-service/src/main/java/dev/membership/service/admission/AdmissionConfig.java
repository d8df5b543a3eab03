package dev.membership.service.admission;

import io.smallrye.config.ConfigMapping;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** What an operator can set of {@link Admission} and {@link RequestRoom}. */
@ConfigMapping(prefix = "membership.admission")
interface AdmissionConfig {
    /** Calls of both doors that may be under way at the most. */
    @Min(value = 1, message = "(MEMBERSHIP_MAX_CALLS) must be at least 1")
    int maxCalls();

    /** How long a request that takes room may take to come. */
    @DurationMin(millis = 1, message = "(MEMBERSHIP_REQUEST_TIMEOUT) must be a millisecond or more")
    Duration requestTimeout();
}
