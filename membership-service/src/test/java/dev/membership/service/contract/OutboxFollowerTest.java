package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.Instances;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.Together;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Whoever reads the outbox as its table's comment says misses no event, sees none twice, and sees those of one thing in their
 * order. Seen failing: the order by (transaction_id, id), and pg_snapshot_xmax instead of pg_current_xact_id as the mark, which
 * lies below transactions that have begun.
 */
@QuarkusTest
class OutboxFollowerTest extends ContractTest {
    private static final int WRITERS = 8;
    private static final int CHANGES = 30;

    /** The comment's own statements. */
    private static final List<String> STATEMENTS = statements();

    private static List<String> statements() {
        String comment = (String) TestDatabase.query("SELECT obj_description('outbox_event'::regclass) AS comment")
                .getFirst()
                .get("comment");
        return Pattern.compile("SELECT [^;]*(?=;)")
                .matcher(comment)
                .results()
                .map(MatchResult::group)
                .map(statement -> statement.replaceAll("\\$\\d", "?").replace("LIMIT 1000", "LIMIT 7"))
                .toList();
    }

    private final List<Map<String, Object>> seen = new ArrayList<>();
    private long last = lastEvent();

    @Test
    void aFollowerMissesNothingWhileOthersWrite() {
        long first = last;
        String organization = instance.organization();
        String user = instance.user();
        AtomicInteger writing = new AtomicInteger(WRITERS);

        // The last caller follows while the others write, most of them in each other's way.
        Together.run(WRITERS + 1, caller -> {
            if (caller == WRITERS) {
                follow(writing);
                return null;
            }
            try {
                for (int change = 0; change < CHANGES; change++) {
                    write(organization, user, change % 5);
                }
            } finally {
                writing.decrementAndGet();
            }
            return null;
        });

        assertSeenInOrder(first);
        assertThat(seen).hasSizeGreaterThan(WRITERS * CHANGES / 2);
    }

    /** A transaction has its id from the first row that it locks, even if it then waits for others that began later. */
    @Test
    void aFollowerWaitsForSmallerIdsAndNotForSmallerTransactions() throws Exception {
        long first = last;
        String organization = instance.organization();
        String user = instance.user();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<JsonNode> late;
            TestDatabase.Lock smallerId;
            try (var held = TestDatabase.changing("SELECT 1 FROM app_user WHERE id = ? FOR UPDATE", user)) {
                late = callers.submit(
                        () -> instance.add(organization, user, "org:member", Instances.unique("request")));
                Eventually.until("it waits", () -> TestDatabase.waiting() == 1);
                instance.member(organization, "org:member");
                smallerId = TestDatabase.changing("""
                        INSERT INTO outbox_event (instance_id, type, resource_id, actor_type, actor_id, operation, occurred_at)
                        VALUES (?, 'user.created', 'user_x', 'system', '', 'test', now())
                        """, instance.id());
            }
            try (smallerId) {
                late.get();
                assertThat(ended(fence().getFirst())).isFalse();
            }
        }

        follow(new AtomicInteger());

        assertSeenInOrder(first);
    }

    private void assertSeenInOrder(long first) {
        var byOrganization = seen.stream()
                .filter(row -> row.get("organization_id") != null)
                .collect(Collectors.groupingBy(row -> row.get("organization_id")));
        assertThat(byOrganization.values())
                .allSatisfy(events -> assertThat(events)
                        .extracting(row -> (Long) row.get("organization_sequence"))
                        .isSorted());
        var byUser = seen.stream()
                .filter(row -> row.get("type").equals("user.updated"))
                .collect(Collectors.groupingBy(row -> row.get("resource_id")));
        assertThat(byUser.values())
                .allSatisfy(events -> assertThat(events)
                        .extracting(row ->
                                json(row.get("after").toString()).get("version").asLong())
                        .isSorted());
        assertThat(seen)
                .extracting(row -> row.get("id"))
                .containsExactlyElementsOf(TestDatabase.query(
                                "SELECT id FROM outbox_event WHERE instance_id = ? AND id > ? ORDER BY id",
                                instance.id(),
                                first)
                        .stream()
                        .map(row -> row.get("id"))
                        .toList());
    }

    private void write(String organization, String user, int kind) {
        String id = Instances.unique("request");
        switch (kind) {
            case 0 -> instance.organization();
            case 1 ->
                refused(
                        grpc(),
                        "CreateMembership",
                        "organization_id",
                        organization,
                        "user_id",
                        user,
                        "role",
                        "org:member",
                        "request_id",
                        id);
            case 2 ->
                refused(grpc(), "DeleteMembership", "organization_id", organization, "user_id", user, "request_id", id);
            case 3 -> call(grpc(), "UpdateUser", "user_id", user, "fields", args("first_name", id), "request_id", id);
            default ->
                call(grpc(), "UpdateOrganization", "organization_id", organization, "name", id, "request_id", id);
        }
    }

    /** Reads until nobody writes any more and nothing is left to read. */
    private void follow(AtomicInteger writing) {
        while (true) {
            boolean nobodyWrites = writing.get() == 0;
            List<Map<String, Object>> fence = fence();
            if (fence.isEmpty() && nobodyWrites) {
                return;
            }
            if (!fence.isEmpty()) {
                Eventually.until("all have ended who had begun", () -> ended(fence.getFirst()));
                read((Long) fence.getFirst().get("max"));
            }
        }
    }

    private List<Map<String, Object>> fence() {
        return TestDatabase.query(STATEMENTS.get(0), last);
    }

    private static boolean ended(Map<String, Object> fence) {
        Object mark = fence.values().toArray()[1];
        return TestDatabase.query(STATEMENTS.get(1), mark).getFirst().containsValue(true);
    }

    private void read(long upTo) {
        List<Map<String, Object>> batch;
        do {
            batch = TestDatabase.query(STATEMENTS.get(2), last, upTo);
            for (Map<String, Object> row : batch) {
                last = (Long) row.get("id");
                if (row.get("instance_id").equals(instance.id())) {
                    seen.add(row);
                }
            }
        } while (batch.size() == 7);
    }
}
