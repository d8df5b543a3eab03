package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import dev.membership.service.support.Eventually;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.ServiceProcess;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the service does that nobody asked for: the outbox is shortened, and metrics tell how all that goes. */
class BackgroundIT {
    private static final int SECONDS_KEPT = 5;
    private static final Map<String, String> SETTINGS = Map.of(
            "MEMBERSHIP_EVENTS_KEPT", SECONDS_KEPT + "S",
            "MEMBERSHIP_BACKGROUND_DELETE_EVENTS_EVERY", "0.2S",
            "MEMBERSHIP_BACKGROUND_FORGET_REQUESTS_EVERY", "0.2S",
            "MEMBERSHIP_BACKGROUND_MEASURE_EVERY", "0.2S");
    /** Of an instance, so many. */
    private static final String EVENTS = """
            INSERT INTO outbox_event (instance_id, type, resource_id, actor_type, actor_id, operation, occurred_at)
            SELECT '%s', 'user.created', 'user_' || i, 'system', '', 'test', now() FROM generate_series(1, %d) i
            """;

    private static final Duration HOUR = Duration.ofHours(1);

    /** More than one batch. */
    private static final int MANY = 2_500;

    private final OwnDatabase database = OwnDatabase.create();

    @Test
    void eventsAreDeletedOnceTheyCouldBeReadForTheirTime() {
        try (ServiceProcess service = ServiceProcess.start(database, SETTINGS);
                ServiceProcess other = ServiceProcess.start(database, SETTINGS)) {
            assertThat(other.isAlive()).isTrue();
            TestInstance instance = service.instances().create();
            String organization = instance.organization();
            String elsewhere = instance.organization();
            long before = database.number("SELECT max(id) FROM outbox_event");
            Object ended = database.query("SELECT pg_current_xact_id()::text AS id")
                    .getFirst()
                    .get("id");
            Eventually.until(
                    "the service has looked since",
                    () -> database.number("SELECT count(*) FROM outbox_mark WHERE below > ?::xid8", ended) > 0);
            var slow = database.changing(EVENTS.formatted(instance.id(), 1));

            try (var open = database.lockMembersOf(elsewhere)) {
                slow.close(); // begun before the open one; but who asks up to where to read is told to wait for that
                instance.member(organization, "org:member");
                events(instance, MANY);
                long events = after(before);

                Eventually.until(
                        "what was committed before that transaction is deleted",
                        () -> database.number("SELECT count(*) FROM outbox_event WHERE id <= ?", before) == 0);
                Eventually.until("what was committed since is old enough", () -> old(SECONDS_KEPT + 1) == events);
                long marks = database.number("SELECT max(extract(epoch FROM marked_at) * 1000) FROM outbox_mark");
                Eventually.until(
                        "the service has looked again",
                        () -> database.number("SELECT max(extract(epoch FROM marked_at) * 1000) FROM outbox_mark")
                                > marks);
                assertThat(after(before)).isEqualTo(events);
                assertThat(service.metric("membership_events_oldest_age_seconds"))
                        .isGreaterThan(SECONDS_KEPT);
            }

            assertThat(database.number("""
                            SELECT count(*) FROM outbox_event WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())
                            """)).as("readable at last").isGreaterThan(MANY);
            Eventually.until("all events are deleted", () -> after(0) == 0);
            Eventually.until("none is kept", () -> service.metric("membership_events_oldest_age_seconds") == 0);
            long last = sequence(organization);
            instance.member(organization, "org:member");
            assertThat(database.number(
                            "SELECT max(organization_sequence) FROM outbox_event WHERE organization_id = ?",
                            organization))
                    .isEqualTo(last + 1)
                    .isEqualTo(sequence(organization));
            assertThat(database.number("SELECT count(*) FROM outbox_mark")).isLessThan(250);
        }
    }

    /** As in a restored database, whose transactions begin anew with smaller ids than the marks of before have. */
    @Test
    void aMarkAboveAllTransactionsDeletesOldEventsOnly() {
        try (ServiceProcess service = ServiceProcess.start(database, SETTINGS)) {
            TestInstance instance = service.instances().create();
            events(instance, MANY);
            database.execute("UPDATE outbox_event SET occurred_at = occurred_at - interval '1 hour'");
            long before = database.number("SELECT max(id) FROM outbox_event");
            database.execute(EVENTS.formatted(instance.id(), MANY).replace("now()", "now() + interval '1 hour'"));

            database.execute("INSERT INTO outbox_mark VALUES (now() - interval '1 hour', '9000000000000', '1')");

            Eventually.until(
                    "what is old is deleted",
                    () -> database.number("SELECT count(*) FROM outbox_event WHERE id <= ?", before) == 0);
            assertThat(after(before)).isEqualTo(MANY);
        }
    }

    @Test
    void answersAreForgottenAfterADay() {
        try (ServiceProcess service = ServiceProcess.start(database, SETTINGS)) {
            TestInstance instance = service.instances().create();
            database.execute("""
                    INSERT INTO request_record (instance_id, caller_id, request_id, fingerprint, created_at)
                    SELECT '%s', 'backend:test', i, '', now() - interval '1 day' FROM generate_series(1, %d) i
                    """.formatted(instance.id(), MANY));
            instance.door().call(instance.key(), "CreateOrganization", args("name", "Acme", "request_id", "of today"));
            database.execute("UPDATE request_record SET created_at = created_at - interval '23 hours'"
                    + " WHERE request_id = 'of today'");

            Eventually.until(
                    "those of yesterday are forgotten",
                    () -> database.number("SELECT count(*) FROM request_record WHERE caller_id = 'backend:test'") == 0);
            assertThat(database.number("SELECT count(*) FROM request_record WHERE request_id = 'of today'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void metricsTellOfWhatGrowsAndOfJobsThatFail() {
        Map<String, String> settings = new java.util.HashMap<>(SETTINGS);
        settings.remove("MEMBERSHIP_EVENTS_KEPT");
        try (ServiceProcess service = ServiceProcess.start(database, settings)) {
            TestInstance instance = service.instances().create();
            instance.door()
                    .call(
                            instance.key(),
                            "CreateOrganization",
                            args("name", "Acme", "request_id", "known for a while"));
            events(instance, MANY);
            database.execute("ANALYZE outbox_event");
            Eventually.until("they are counted", () -> service.metric("membership_events") >= MANY);
            assertThat(service.metric("membership_events_size_bytes"))
                    .isGreaterThan((double) database.number("SELECT pg_relation_size('outbox_event')"));
            assertThat(service.metric("membership_events_oldest_age_seconds")).isGreaterThan(0);
            assertThat(service.metric("membership_requests_oldest_age_seconds")).isGreaterThan(0);
            assertThat(service.metric("membership_deletions_oldest_age_seconds"))
                    .isZero();
            database.execute("UPDATE organization SET deleted_at = now() - interval '1 hour'");
            Eventually.until(
                    "it waits to be cleared away",
                    () -> service.metric("membership_deletions_oldest_age_seconds") >= HOUR.toSeconds());
            assertThat(failures(service)).isZero();

            database.execute("ALTER TABLE request_record RENAME TO away");

            Eventually.until("failures are counted", () -> failures(service) > 1);
            assertThat(service.log()).containsOnlyOnce("Housekeeping#forgetRequests fails");
            assertThat(after(0)).as("events are kept by default").isGreaterThan(MANY);
        }
    }

    private void events(TestInstance instance, int count) {
        database.execute(EVENTS.formatted(instance.id(), count));
    }

    private long after(long id) {
        return database.number("SELECT count(*) FROM outbox_event WHERE id > ?", id);
    }

    private long old(int seconds) {
        return database.number(
                "SELECT count(*) FROM outbox_event WHERE occurred_at < now() - make_interval(secs => ?)", seconds);
    }

    private long sequence(String organization) {
        return database.number(
                "SELECT event_sequence FROM organization_counter WHERE organization_id = ?", organization);
    }

    private static double failures(ServiceProcess service) {
        return service.metric(
                "scheduled_methods_seconds_count\\{[^}]*exception=\"(?!none)[^}]*method=\"forgetRequests\"[^}]*\\}");
    }
}
