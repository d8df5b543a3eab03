package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import dev.membership.service.support.Instances;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.Together;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whoever reads the outbox as its table's comment says misses no event and sees none twice. */
@QuarkusTest
class OutboxFollowerTest extends ContractTest {
    private static final int WRITERS = 8;
    private static final int CHANGES = 12;

    /** The comment's own statement, for this test's instance. */
    private static final String FOLLOW = statement();

    private static String statement() {
        String comment = (String) TestDatabase.query("SELECT obj_description('outbox_event'::regclass) AS comment")
                .getFirst()
                .get("comment");
        String query =
                comment.substring(comment.indexOf("SELECT *"), comment.indexOf(';', comment.indexOf("SELECT *")));
        // Named otherwise than the column: ORDER BY means what is selected first, and texts have another order.
        return query.replace("SELECT *", "SELECT transaction_id::text AS transaction, id, instance_id")
                .replace("($1, $2)", "(?::xid8, ?)")
                .replace("LIMIT 1000", "LIMIT 7");
    }

    @Test
    void aFollowerMissesNothingWhileOthersWrite() {
        String shared = instance.organization();
        AtomicInteger writing = new AtomicInteger(WRITERS);
        List<Long> seen = new ArrayList<>();

        // The last caller follows while the others write, some of them in each other's way.
        Together.run(WRITERS + 1, caller -> {
            if (caller == WRITERS) {
                follow(writing, seen);
                return null;
            }
            try {
                for (int change = 0; change < CHANGES; change++) {
                    write(shared, caller, change);
                }
            } finally {
                writing.decrementAndGet();
            }
            return null;
        });

        assertThat(seen)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(
                        TestDatabase.query("SELECT id FROM outbox_event WHERE instance_id = ?", instance.id()).stream()
                                .map(row -> (Long) row.get("id"))
                                .toList());
        assertThat(seen).hasSizeGreaterThan(WRITERS * CHANGES);
    }

    private void write(String shared, int writer, int change) {
        switch (change % 3) {
            case 0 -> call(grpc(), "CreateUser", "fields", args("first_name", "W" + writer));
            case 1 -> instance.organization();
            default ->
                call(
                        grpc(),
                        "UpdateOrganization",
                        "organization_id",
                        shared,
                        "name",
                        Instances.unique("by " + writer + " "));
        }
    }

    /** Reads until nobody writes any more and nothing is left to read. */
    private void follow(AtomicInteger writing, List<Long> seen) {
        String transaction = "0";
        long id = 0;
        while (true) {
            boolean last = writing.get() == 0;
            List<Map<String, Object>> batch = TestDatabase.query(FOLLOW, transaction, id);
            for (Map<String, Object> row : batch) {
                transaction = (String) row.get("transaction");
                id = (Long) row.get("id");
                if (row.get("instance_id").equals(instance.id())) {
                    seen.add(id);
                }
            }
            // Other transactions of the server, such as the housekeeping's, may hold the mark back for a moment.
            if (last && batch.isEmpty() && caughtUp(transaction, id)) {
                return;
            }
        }
    }

    private static boolean caughtUp(String transaction, long id) {
        return TestDatabase.number(
                        "SELECT count(*) FROM outbox_event WHERE (transaction_id, id) > (?::xid8, ?)", transaction, id)
                == 0;
    }
}
