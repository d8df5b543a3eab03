package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Consistency;
import dev.membership.service.support.Door;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.GraphQlDoor;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ServiceProcess;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PostgreSQL ends what takes too long, and the caller is told so. */
class DeadlineIT {
    private final OwnDatabase database = OwnDatabase.create();

    @ParameterizedTest
    @CsvSource({"500ms, 60s", "60s, 500ms"})
    void whatWaitsTooLongIsADeadlineExceeded(String lockTimeout, String statementTimeout) {
        try (ServiceProcess service = ServiceProcess.start(
                database,
                Map.of(
                        "MEMBERSHIP_DB_LOCK_TIMEOUT",
                        lockTimeout,
                        "MEMBERSHIP_DB_STATEMENT_TIMEOUT",
                        statementTimeout))) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            String user = instance.user();
            Map<String, Object> addition =
                    args("organization_id", organization, "user_id", user, "role", "org:member", "request_id", "once");
            Door graphQl = new GraphQlDoor(service.httpPort(), instance.key());

            try (var held = database.lockMembersOf(organization)) {
                refusedAsTooLate(service.grpc(), instance, addition);
                refusedAsTooLate(graphQl, instance, addition);
            }

            service.grpc().call(instance.key(), "CreateMembership", addition);
            Consistency.check(database, instance.id());
        }
    }

    @Test
    void nothingElseEndsATransaction() {
        try (ServiceProcess service = ServiceProcess.start(
                        database,
                        Map.of(
                                "MEMBERSHIP_DB_LOCK_TIMEOUT",
                                "60s",
                                "MEMBERSHIP_DB_STATEMENT_TIMEOUT",
                                "60s",
                                "MEMBERSHIP_DB_SOCKET_TIMEOUT",
                                "70"));
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            String user = instance.user();
            Future<JsonNode> added;
            try (var held = database.lockMembersOf(organization)) {
                added = callers.submit(() -> instance.add(organization, user, "org:member", "once"));
                Eventually.until(
                        "it has waited for longer than a transaction manager's usual limits",
                        () -> database.number("""
                                        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                                            AND wait_event_type = 'Lock' AND xact_start < now() - interval '31 s'
                                        """) == 1);
            }

            assertThat(added).succeedsWithin(Duration.ofSeconds(10));
            Consistency.check(database, instance.id());
        }
    }

    private static void refusedAsTooLate(Door door, TestInstance instance, Map<String, Object> addition) {
        assertThatThrownBy(() -> door.call(instance.key(), "CreateMembership", addition))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo("deadline_exceeded"));
    }
}
