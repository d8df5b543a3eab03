package dev.membership.service.database;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * Migrations do not use the pool: its connections are given up on when PostgreSQL is silent for a while, and a migration may
 * take its time. All else is as it is there.
 */
@ApplicationScoped
class MigrationConnection implements FlywayConfigurationCustomizer {
    private static final String NO_END_OF_IDLE_TRANSACTIONS = " -c idle_in_transaction_session_timeout=0";
    /** In seconds, for all that comes before the first statement: a server that took the connection may stay silent. */
    private static final String LOGIN_TIMEOUT = "10";

    private final String url;
    private final String username;
    private final Optional<String> password;
    private final Map<String, String> poolProperties;

    MigrationConnection(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") String username,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password,
            @ConfigProperty(name = "quarkus.datasource.jdbc.additional-jdbc-properties")
                    Map<String, String> poolProperties) {
        this.url = url;
        this.username = username;
        this.password = password;
        this.poolProperties = poolProperties;
    }

    /**
     * Flyway holds its lock by a transaction that is idle while a migration runs on another connection, however long: so that is
     * not ended, as it would be where a call forgets its transaction.
     */
    @Override
    public void customize(FluentConfiguration flyway) {
        Map<String, String> properties = new HashMap<>(poolProperties);
        properties.remove("socketTimeout");
        properties.put("loginTimeout", LOGIN_TIMEOUT);
        properties.merge("options", NO_END_OF_IDLE_TRANSACTIONS, String::concat);
        flyway.dataSource(url, username, password.orElse("")).jdbcProperties(properties);
    }
}
