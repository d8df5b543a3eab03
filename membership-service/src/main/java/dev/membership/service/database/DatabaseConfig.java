package dev.membership.service.database;

import io.smallrye.config.ConfigMapping;
import jakarta.validation.constraints.Min;

/** What an operator can set of the database, besides what goes to its driver as it stands. */
@ConfigMapping(prefix = "membership.database")
public interface DatabaseConfig {
    /** Connections of this process at the most. */
    @Min(value = 1, message = "(MEMBERSHIP_DB_POOL) must be at least 1")
    int pool();
}
