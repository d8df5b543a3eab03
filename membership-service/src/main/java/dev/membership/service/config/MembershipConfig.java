package dev.membership.service.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** The service's own settings; each is set by the environment variable of its name, such as MEMBERSHIP_OPERATOR_TOKEN. */
@ConfigMapping(prefix = "membership")
public interface MembershipConfig {
    /** The credential of AdminService; without it AdminService is closed. */
    Optional<String> operatorToken();

    /**
     * How long a secret key or an issuer that was looked up is trusted without looking again. A key that is revoked ends at
     * once in the process that revoked it, and in the others after this time at most.
     */
    @WithDefault("5S")
    Duration credentialCache();
}
