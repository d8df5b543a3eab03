package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membership.service.support.Consistency;
import dev.membership.service.support.Door;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.GraphQlDoor;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.Refused;
import dev.membership.service.support.Relay;
import dev.membership.service.support.ServiceProcess;
import dev.membership.service.support.Together;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PostgreSQL cannot be reached for a while: the service says so at once, and goes on by itself afterwards. */
class OutageIT {
    private static final int CALLS = 30;
    /** The pool alone would have each call wait for at least a second. */
    private static final Duration SOON = Duration.ofSeconds(CALLS / 2);

    /** Less than the pool takes to find that there is no connection. */
    private static final Duration LATE = Duration.ofMillis(900);

    /** Long enough for all of them to be late twice, were they let in with one who looks. */
    private static final Duration WHILE = Duration.ofSeconds(6);

    private final OwnDatabase database = OwnDatabase.create();

    @Test
    void callsAreRefusedAtOnceUntilPostgresqlIsBack() {
        try (Relay relay = new Relay();
                ServiceProcess service = through(relay, "0.1S")) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            Map<String, Object> addition = args(
                    "organization_id",
                    organization,
                    "user_id",
                    instance.user(),
                    "role",
                    "org:member",
                    "request_id",
                    "once");
            List<Door> doors = List.of(service.grpc(), new GraphQlDoor(service.httpPort(), instance.key()));

            relay.cut();

            Eventually.until("readiness is down", () -> !service.isReady());
            Instant start = Instant.now();
            for (int i = 0; i < CALLS; i++) {
                Door door = doors.get(i % doors.size());
                assertThatThrownBy(() -> door.call(instance.key(), "CreateMembership", addition))
                        .isInstanceOfSatisfying(
                                Refused.class,
                                refused -> assertThat(refused.code()).isEqualTo("service_unavailable"));
            }
            assertThat(Duration.between(start, Instant.now())).isLessThan(SOON);
            assertThat(service.isAlive()).isTrue();

            relay.connect();

            Eventually.until("readiness is up", service::isReady);
            Eventually.until(
                    "calls are answered", () -> answers(service.grpc(), instance, "CreateMembership", addition));
            Consistency.check(database, instance.id());
        }
    }

    @Test
    void manyAtOnceAreRefusedAtOnceToo() {
        try (Relay relay = new Relay();
                // A caller who is known: a read is then the first that asks PostgreSQL.
                ServiceProcess service = through(relay, "600S")) {
            TestInstance instance = service.instances().create();
            String user = instance.user();
            String organization = instance.organization(user);
            List<Door> doors = List.of(service.grpc(), new GraphQlDoor(service.httpPort(), instance.key()));
            Map<String, Object> membership = args("organization_id", organization, "user_id", user);
            doors.forEach(door -> door.call(instance.key(), "GetMembership", membership));

            relay.cut();

            // Connections that broke are told from one that cannot be made.
            Eventually.until(
                    "the outage has begun",
                    () -> isRefusedLate(instance.door(), instance, "GetMembership", membership));
            AtomicInteger late = new AtomicInteger();
            Instant end = Instant.now().plus(WHILE);
            Together.run(CALLS, i -> {
                while (Instant.now().isBefore(end)) {
                    if (isRefusedLate(doors.get(i % doors.size()), instance, "GetMembership", membership)) {
                        late.incrementAndGet();
                    }
                }
                return null;
            });
            assertThat(late).as("those who went and looked, two a second").hasValueLessThan(CALLS);

            relay.connect();

            Eventually.until(
                    "reads are answered", () -> answers(service.grpc(), instance, "GetMembership", membership));
        }
    }

    /** As after a change of the password, or where another service has taken all connections. */
    @ParameterizedTest
    @CsvSource({"NOLOGIN, LOGIN", "CONNECTION LIMIT 0, CONNECTION LIMIT -1"})
    void aLoginThatPostgresqlRefusesIsNoFailureOfOurs(String refuse, String allow) {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization();
            Map<String, Object> reading = args("organization_id", organization);

            database.changeLogin(refuse);
            try {
                List<Door> doors = List.of(service.grpc(), new GraphQlDoor(service.httpPort(), instance.key()));
                // The first ones find connections that have ended.
                for (int i = 0; i < CALLS / 3; i++) {
                    Door door = doors.get(i % doors.size());
                    assertThatThrownBy(() -> door.call(instance.key(), "GetOrganization", reading))
                            .isInstanceOfSatisfying(
                                    Refused.class,
                                    refused -> assertThat(refused.code()).isEqualTo("service_unavailable"));
                }
                assertThat(service.isReady()).isFalse();
                Eventually.until(
                        "the log says that jobs wait",
                        () -> service.log().contains("purgeOrganizations has to wait (service_unavailable)"));
                assertThat(service.log()).doesNotContain("purgeOrganizations fails");
            } finally {
                database.changeLogin(allow);
            }

            Eventually.until("calls are answered", () -> answers(service.grpc(), instance, "GetOrganization", reading));
            assertThat(service.metric("membership_failures_total")).isZero();
        }
    }

    /** As when the disk is full, when the process stood still within a transaction, or when that took longer than it may. */
    @ParameterizedTest
    @CsvSource({"53100, service_unavailable", "25P03, service_unavailable", "25P04, deadline_exceeded"})
    void whatPostgresqlCannotDoForNowIsNoFailureOfOurs(String state, String code) {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            TestInstance instance = service.instances().create();
            database.execute("""
                    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
                        $$BEGIN RAISE 'not now' USING ERRCODE = '%s'; END$$;
                    CREATE TRIGGER fail BEFORE INSERT ON app_user EXECUTE FUNCTION fail()
                    """.formatted(state));

            for (Door door : List.of(service.grpc(), new GraphQlDoor(service.httpPort(), instance.key()))) {
                assertThatThrownBy(() -> door.call(instance.key(), "CreateUser", args("fields", args())))
                        .isInstanceOfSatisfying(
                                Refused.class,
                                refused -> assertThat(refused.code()).isEqualTo(code));
            }
        }
    }

    private ServiceProcess through(Relay relay, String credentialCache) {
        return ServiceProcess.start(
                database,
                Map.of(
                        "MEMBERSHIP_DB_URL",
                        database.url().replaceFirst(":\\d+/", ":" + relay.port() + "/"),
                        "MEMBERSHIP_CREDENTIAL_CACHE",
                        credentialCache));
    }

    private static boolean isRefusedLate(
            Door door, TestInstance instance, String operation, Map<String, Object> arguments) {
        Instant start = Instant.now();
        assertThat(answers(door, instance, operation, arguments)).isFalse();
        return Duration.between(start, Instant.now()).compareTo(LATE) > 0;
    }

    private static boolean answers(Door door, TestInstance instance, String operation, Map<String, Object> arguments) {
        try {
            door.call(instance.key(), operation, arguments);
            return true;
        } catch (Refused refused) {
            return false;
        }
    }
}
