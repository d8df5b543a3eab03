package dev.membership.service.admission;

import io.smallrye.config.ConfigMapping;
import jakarta.validation.constraints.Min;

/** What an operator can set of {@link Admission}. */
@ConfigMapping(prefix = "membership.admission")
interface AdmissionConfig {
    /** Calls of both doors that may be under way at the most. */
    @Min(value = 1, message = "(MEMBERSHIP_MAX_CALLS) must be at least 1")
    int maxCalls();
}
