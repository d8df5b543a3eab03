package dev.membership.service.paging;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Door.Listed;
import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.TestDatabase;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Text search among the users and the organizations of an instance that has more than a search looks through in their order:
 * the rows that a plain comparison finds, in the list's order, and no more work than a page for a text that all have.
 */
@QuarkusTest
class InstanceSearchTest extends DoorTest {
    private static final int ROWS = 12_000;

    /** Had by all, by a few everywhere, by those alone that come last when the latest come first, and by nobody. */
    private static final List<String> TEXTS = List.of("common", "seldom", "oldest", "nobody", "om");

    private static TestInstance instance;

    private static synchronized void filled() {
        if (instance == null) {
            instance = instances().create();
            TestDatabase.execute("""
                    INSERT INTO app_user (instance_id, id, first_name, email_address, created_at, updated_at)
                    SELECT '%1$s', 'user_searched' || i, %2$s, 'e' || i || '@example.com', now() - i * interval '1 minute', now()
                    FROM generate_series(1, %3$d) i;
                    INSERT INTO organization (instance_id, id, name, slug, admin_delete_enabled, created_at, updated_at)
                    SELECT '%1$s', 'org_searched' || i, %2$s, 's' || i, true, now() - i * interval '1 minute', now()
                    FROM generate_series(1, %3$d) i;
                    INSERT INTO organization_counter (instance_id, organization_id, max_allowed_memberships, members_count)
                    SELECT instance_id, id, 0, length(id) FROM organization WHERE instance_id = '%1$s';
                    ANALYZE;
                    """.formatted(instance.id(), """
                            i %% 7 || ' common' || CASE WHEN i %% 500 = 0 THEN ' seldom' WHEN i > %d - 50 THEN ' oldest' ELSE '' END
                            """.formatted(ROWS), ROWS));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ListUsers, -created_at, u.created_at DESC, u.id DESC",
        "ListUsers, +created_at, u.created_at, u.id",
        "ListUsers, email_address, u.email_key, u.id",
        "ListUsers, -first_name, u.first_name_key DESC, u.id DESC",
        "ListOrganizations, -created_at, o.created_at DESC, o.id DESC",
        "ListOrganizations, name, o.name_key, o.id",
        "ListOrganizations, -members_count, c.members_count DESC, o.id DESC"
    })
    void everyPageHasWhatAPlainComparisonFinds(String operation, String order, String key, String id) {
        filled();
        String from = operation.equals("ListUsers")
                ? "u.id FROM app_user u WHERE u.instance_id = ? AND strpos(u.search, ?) > 0"
                : "o.id FROM organization o JOIN organization_counter c ON c.organization_id = o.id"
                        + " WHERE o.instance_id = ? AND strpos(o.search, ?) > 0";
        for (String text : TEXTS) {
            List<String> expected = ids("SELECT " + from + " ORDER BY " + key + ", " + id, text);

            assertThat(walk(operation, order, text, expected.size() > 2_000 ? 500 : 7))
                    .as(text)
                    .isEqualTo(expected);
        }
    }

    @Test
    void theLastOnesBackwards() {
        filled();
        for (String text : TEXTS) {
            List<String> expected = ids(
                    "SELECT id FROM app_user WHERE instance_id = ? AND strpos(search, ?) > 0 ORDER BY created_at, id",
                    text);

            JsonNode users =
                    graphQl().send(instance.key(), """
                            query ($query: String) {
                                listUsers(last: 9, orderBy: "created_at", filter: { query: $query }) { totalCount nodes { id } } }
                            """, Map.of("query", text)).at("/data/listUsers");

            assertThat(users.get("nodes").findValuesAsText("id"))
                    .as(text)
                    .isEqualTo(expected.subList(Math.max(0, expected.size() - 9), expected.size()));
            assertThat(users.get("totalCount").asInt()).isEqualTo(expected.size());
        }
    }

    @Test
    void passingOverRows() {
        filled();
        for (String text : TEXTS) {
            List<String> expected = ids(
                    "SELECT id FROM app_user WHERE instance_id = ? AND strpos(search, ?) > 0 ORDER BY created_at, id",
                    text);

            Listed page = grpc().list(
                            instance.key(),
                            "ListUsers",
                            args("filter", args("query", text), "order_by", "created_at", "skip", 5, "page_size", 9));

            assertThat(ids(page))
                    .as(text)
                    .isEqualTo(expected.stream().skip(5).limit(9).toList());
        }
    }

    /** In blocks of PostgreSQL, which has to read all rows to sort all that have the text. */
    @Test
    void aTextThatAllHaveCostsAboutAPage() {
        filled();

        assertThat(blocks("ListUsers", args("filter", args("query", "common"))))
                .isLessThan(4 * blocks("ListUsers", args()));
        assertThat(blocks("ListOrganizations", args("query", "common")))
                .isLessThan(4 * blocks("ListOrganizations", args()));
    }

    private static long blocks(String operation, Map<String, Object> arguments) {
        TestDatabase.execute("SELECT pg_stat_statements_reset()");
        assertThat(grpc().list(instance.key(), operation, arguments).items()).hasSize(10);
        return TestDatabase.number("SELECT sum(shared_blks_hit + shared_blks_read) FROM pg_stat_statements"
                + " WHERE query LIKE '%FROM app_user u%' OR query LIKE '%o.name%FROM organization o%'");
    }

    private static List<String> walk(String operation, String order, String text, int size) {
        Map<String, Object> request = new HashMap<>(args("order_by", order, "page_size", size));
        request.putAll(operation.equals("ListUsers") ? args("filter", args("query", text)) : args("query", text));
        List<String> read = new ArrayList<>();
        String next;
        do {
            Listed page = grpc().list(instance.key(), operation, request);
            read.addAll(ids(page));
            next = page.next();
            request.put("page_token", next);
        } while (!next.isEmpty());
        return read;
    }

    private static List<String> ids(Listed page) {
        return page.items().stream().map(item -> item.get("id").asText()).toList();
    }

    private static List<String> ids(String sql, String text) {
        return TestDatabase.query(sql, instance.id(), text).stream()
                .map(row -> (String) row.get("id"))
                .toList();
    }
}
