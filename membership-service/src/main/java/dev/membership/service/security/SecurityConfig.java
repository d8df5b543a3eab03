package dev.membership.service.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** What an operator can set of callers' authentication. */
@ConfigMapping(prefix = "membership.security")
interface SecurityConfig {
    /** The credential of AdminService; without it AdminService is closed. */
    Optional<String> operatorToken();

    /**
     * How long a secret key or an issuer that was looked up is trusted without looking again, and a token without verifying it
     * again. A key that is revoked ends at once in the process that revoked it, and in the others after this time at most.
     */
    @WithDefault("5S")
    @DurationMin(message = "(MEMBERSHIP_CREDENTIAL_CACHE) must not be negative")
    Duration credentialCache();
}
