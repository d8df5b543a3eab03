package dev.membership.service.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membership.service.support.Eventually;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.ServiceProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Migrating apart from serving, as a roll-out does it, and what keeps a build from a schema that it does not know. */
class SchemaIT {
    private static final Map<String, String> SERVES = Map.of("MEMBERSHIP_DB_MIGRATE", "false");
    private static final Map<String, String> MIGRATES_AND_ENDS = Map.of("QUARKUS_INIT_AND_EXIT", "true");

    private static final Map<String, String> MIGRATES_FOR_LONG = Map.of(
            "QUARKUS_INIT_AND_EXIT", "true",
            "MEMBERSHIP_DB_LOCK_TIMEOUT", "120s",
            "MEMBERSHIP_DB_STATEMENT_TIMEOUT", "120s");

    private final OwnDatabase database = OwnDatabase.create();

    @Test
    void servesTheSchemaThatItsOwnMigrationMade() {
        assertThat(ServiceProcess.runToEnd(database, MIGRATES_AND_ENDS).status())
                .isZero();

        try (ServiceProcess service = ServiceProcess.start(database, SERVES)) {
            assertThat(service.instances().create().id()).isNotEmpty();
        }
    }

    @Test
    void refusesASchemaThatLacksAMigration() {
        var ended = ServiceProcess.runToEnd(database, SERVES);

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.output()).contains("Detected resolved migration not applied to database: 1");
        assertThat(database.number("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                .isZero();
    }

    @Test
    void refusesADatabaseThatFoldsAsciiOnly() {
        var ended = ServiceProcess.runToEnd(
                OwnDatabase.create("TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'"), MIGRATES_AND_ENDS);

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.output()).contains("create it with a UTF-8 locale");
    }

    @Test
    void refusesADatabaseThatFoldsAsciiOnlyThoughItDoesNotMigrate() {
        var ended = ServiceProcess.runToEnd(
                OwnDatabase.create("TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'"),
                Map.of("MEMBERSHIP_DB_MIGRATE", "false", "QUARKUS_FLYWAY_IGNORE_MIGRATION_PATTERNS", "*:pending"));

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.output()).contains("create it with a UTF-8 locale");
    }

    @Test
    void warnsOfADatabaseWhoseIndexesLackLetters() {
        String warning = "searching for letters beyond ASCII uses no index";
        var ended = ServiceProcess.runToEnd(
                OwnDatabase.create("TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"),
                MIGRATES_AND_ENDS);

        assertThat(ended.status()).isZero();
        assertThat(ended.output()).contains(warning);
        assertThat(ServiceProcess.runToEnd(database, MIGRATES_AND_ENDS).output())
                .doesNotContain(warning);
    }

    /** Whether it is the first thing that gets no answer, which is the question for TLS, or the login. */
    @ParameterizedTest
    @ValueSource(strings = {"", "&sslmode=disable"})
    void aServerThatStaysSilentIsGivenUpOnAndTheLogSaysSo(String tls) throws IOException {
        try (ServerSocket silent = new ServerSocket(0)) {
            String url = database.url().replaceFirst(":\\d+/", ":" + silent.getLocalPort() + "/") + tls;

            var ended = ServiceProcess.runToEnd(
                    database,
                    Map.of(
                            "MEMBERSHIP_DB_URL", url,
                            "QUARKUS_FLYWAY_CONNECT_RETRIES", "1",
                            "QUARKUS_FLYWAY_CONNECT_RETRIES_INTERVAL", "1S"));

            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.output()).contains("Retrying in 1 sec");
        }
    }

    /** Flyway's own connection waits for the one that migrates, for longer than calls' transactions may be idle. */
    @Test
    void aMigrationMayTakeLong() {
        CompletableFuture<ServiceProcess.Ended> migrating;
        // Whoever makes a table of that name waits until it is certain that there is none.
        try (var taken = database.changing("CREATE TABLE installation (); DROP TABLE installation")) {
            migrating = CompletableFuture.supplyAsync(() -> ServiceProcess.runToEnd(database, MIGRATES_FOR_LONG));
            Eventually.until("it is held up", () -> database.waiting() == 1);
            Eventually.until("Flyway's connection outlives a call's", () -> database.number("""
                            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                            AND state = 'idle in transaction' AND application_name = 'membership'
                            AND state_change < now() - interval '32 s'""") == 1);
        }

        assertThat(migrating.join().status()).isZero();
    }

    @Test
    void refusesASchemaOfANewerBuildUnlessToldThatItMay() {
        ServiceProcess.runToEnd(database, MIGRATES_AND_ENDS);
        database.execute("""
                INSERT INTO flyway_schema_history
                SELECT installed_rank + 1, '999', 'of a newer build', type, 'V999__newer.sql', 1, installed_by, now(), 1, true
                FROM flyway_schema_history ORDER BY installed_rank DESC LIMIT 1""");

        for (var settings : List.of(SERVES, MIGRATES_AND_ENDS)) {
            var ended = ServiceProcess.runToEnd(database, settings);

            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.output()).contains("Detected applied migration not resolved locally: 999");
        }

        ServiceProcess.start(
                        database,
                        Map.of(
                                "MEMBERSHIP_DB_MIGRATE",
                                "false",
                                "QUARKUS_FLYWAY_IGNORE_MIGRATION_PATTERNS",
                                "*:future"))
                .close();
    }
}
