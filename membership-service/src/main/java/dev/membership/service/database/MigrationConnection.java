package dev.membership.service.database;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Migrations do not use the pool: on its connections a statement has to end soon, a migration may take its time. */
@ApplicationScoped
class MigrationConnection implements FlywayConfigurationCustomizer {
    private final String url;
    private final String username;
    private final Optional<String> password;

    MigrationConnection(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") String username,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password) {
        this.url = url;
        this.username = username;
        this.password = password;
    }

    @Override
    public void customize(FluentConfiguration flyway) {
        flyway.dataSource(url, username, password.orElse(""))
                .jdbcProperties(Map.of("targetServerType", "primary", "ApplicationName", "membership"));
    }
}
