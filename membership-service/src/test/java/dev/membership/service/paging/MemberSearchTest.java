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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Text search in an organization that is larger than what a search reads in order, by texts that are rare, frequent, had by
 * all, by neighbours in an order only, and too short for an index: always the rows that a plain comparison of all finds,
 * in the list's order, whichever part of the statement finds them.
 */
@QuarkusTest
class MemberSearchTest extends DoorTest {
    private static final int MEMBERS = 10_000;
    /** Had by all, by 20, 2 and 1 %, by the last 600, by a few, one and none; the last three have no trigram. */
    private static final List<String> TEXTS = List.of(
            "example.com",
            "Ada",
            "Fifty",
            "hundred",
            "zoe",
            "needle",
            "E5000@",
            "user_search777",
            "Kim N42",
            "nobody",
            "f5",
            "%_",
            "--");

    private static TestInstance instance;
    private static String large;
    private static String small;

    private static synchronized void filled() {
        if (instance == null) {
            instance = instances().create();
            large = instance.organization();
            small = instance.organization();
            fill();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+created_at",
                "-created_at",
                "+email_address",
                "-first_name",
                "+first_name",
                "+last_name",
                "-username"
            })
    void everyPageHasWhatAPlainComparisonFinds(String order) {
        filled();
        for (String text : TEXTS) {
            List<String> expected = plain(large, order, "strpos(search, lower(?)) > 0", text);

            assertThat(walk(order, args("query", text), expected.size() > 2_000 ? 500 : 37))
                    .as(text)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"+created_at", "-first_name", "email_address"})
    void backwards(String order) {
        filled();
        for (String text : List.of("example.com", "fifty", "zoe", "needle", "f5")) {
            assertThat(walkBack(order, text))
                    .as(text)
                    .isEqualTo(plain(large, order, "strpos(search, lower(?)) > 0", text));
        }
    }

    @Test
    void textsOfOneFieldAndFiltersBeside() {
        filled();
        assertThat(walk("-created_at", args("email_address_query", "99"), 37))
                .isEqualTo(plain(large, "-created_at", "strpos(email_key, ?) > 0", "99"));
        assertThat(walk("-created_at", args("email_address_query", "needle"), 37))
                .isEmpty();
        assertThat(walk("-created_at", args("name_query", "zoe need"), 37))
                .isEqualTo(plain(large, "-created_at", "strpos(search, ?) > 0", "zoe need"))
                .hasSize(1);
        assertThat(walk("username", args("query", "example", "username_query", "h1"), 37))
                .isEqualTo(plain(large, "username", "strpos(username_key, ?) > 0", "h1"))
                .isNotEmpty();
        assertThat(walk("-created_at", args("query", "ada", "role", List.of("org:admin")), 37))
                .isEqualTo(plain(
                        large,
                        "-created_at",
                        "strpos(search, ?) > 0 AND role_id IN (SELECT id FROM role WHERE key = 'org:admin')",
                        "ada"))
                .hasSizeBetween(10, 100);
    }

    @Test
    void passingOverRows() {
        filled();
        for (String text : List.of("ada", "zoe", "needle")) {
            List<String> expected = plain(large, "first_name", "strpos(search, ?) > 0", text);
            Listed page = grpc().list(
                            instance.key(),
                            "ListMemberships",
                            args(
                                    "organization_id",
                                    large,
                                    "filter",
                                    args("query", text),
                                    "order_by",
                                    "first_name",
                                    "skip",
                                    3,
                                    "page_size",
                                    50,
                                    "include_total",
                                    true));

            assertThat(ids(page.items()))
                    .as(text)
                    .isEqualTo(expected.stream().skip(3).limit(50).toList());
            assertThat(page.total()).isEqualTo(expected.size());
        }
    }

    /** In one statement, of which each organization's part decides for itself. */
    @Test
    void severalOrganizationsAtOnce() {
        filled();
        for (String text : List.of("ada", "zoe", "needle", "nobody")) {
            JsonNode organizations =
                    graphQl().send(instance.key(), """
                            query ($query: String) { listOrganizations(orderBy: "created_at") { nodes { id
                                memberships(first: 50, orderBy: "first_name", filter: { query: $query }) { nodes { id } } } } }
                            """, Map.of("query", text)).at("/data/listOrganizations/nodes");

            assertThat(organizations).hasSize(2);
            for (JsonNode organization : organizations) {
                assertThat(organization.at("/memberships/nodes").findValuesAsText("id"))
                        .as(text)
                        .isEqualTo(
                                plain(organization.get("id").asText(), "first_name", "strpos(search, ?) > 0", text)
                                        .stream()
                                        .limit(50)
                                        .toList());
            }
        }
    }

    @Test
    void theWholeInstance() {
        filled();
        for (String text : List.of("fifty", "zoe", "needle", "f5")) {
            List<String> expected = plain(large, "-created_at", "strpos(search, ?) > 0", text);
            expected.addAll(plain(small, "-created_at", "strpos(search, ?) > 0", text));

            Listed page = grpc().list(
                            instance.key(),
                            "ListMemberships",
                            args("filter", args("query", text), "page_size", 500, "include_total", true));

            assertThat(page.total()).as(text).isEqualTo(expected.size());
            assertThat(expected).containsAll(ids(page.items()));
            assertThat(page.items()).hasSize(Math.min(500, expected.size()));
        }
    }

    private static List<String> walk(String order, Map<String, Object> filter, int size) {
        List<String> read = new ArrayList<>();
        String token = "";
        do {
            Listed page = grpc().list(
                            instance.key(),
                            "ListMemberships",
                            args(
                                    "organization_id",
                                    large,
                                    "order_by",
                                    order,
                                    "filter",
                                    filter,
                                    "page_size",
                                    size,
                                    "page_token",
                                    token));
            assertThat(page.items()).hasSizeLessThanOrEqualTo(size);
            read.addAll(ids(page.items()));
            token = page.next();
        } while (!token.isEmpty());
        return read;
    }

    private static List<String> walkBack(String order, String text) {
        List<String> read = new ArrayList<>();
        String before = null;
        do {
            Map<String, Object> variables = new HashMap<>(Map.of("organization", large, "query", text, "order", order));
            variables.put("before", before);
            JsonNode page = graphQl().send(instance.key(), """
                            query ($organization: ID, $before: String, $query: String, $order: String) {
                                listMemberships(organizationId: $organization, orderBy: $order, last: 200, before: $before,
                                    filter: { query: $query }) { nodes { id } pageInfo { startCursor hasPreviousPage } } }
                            """, variables).at("/data/listMemberships");
            read.addAll(0, page.get("nodes").findValuesAsText("id"));
            before = page.at("/pageInfo/hasPreviousPage").asBoolean()
                    ? page.at("/pageInfo/startCursor").asText()
                    : null;
        } while (before != null);
        return read;
    }

    private static List<String> ids(List<JsonNode> members) {
        return members.stream().map(member -> member.get("id").asText()).toList();
    }

    private static List<String> plain(String organization, String order, String condition, String text) {
        String direction = order.startsWith("-") ? " DESC" : "";
        String name = order.replaceFirst("^[+-]", "");
        String column = name.equals("created_at") ? name : name.replace("email_address", "email") + "_key";
        return new ArrayList<>(TestDatabase.query(
                        "SELECT id FROM membership WHERE instance_id = ? AND organization_id = ? AND " + condition
                                + " ORDER BY " + column + direction + ", id" + direction,
                        instance.id(),
                        organization,
                        text)
                .stream()
                .map(row -> (String) row.get("id"))
                .toList());
    }

    /** The small organization has every hundredth of the large one's members. */
    private static void fill() {
        TestDatabase.execute("""
                INSERT INTO app_user (instance_id, id, first_name, last_name, username, email_address, created_at, updated_at)
                SELECT '%1$s', 'user_search' || i,
                    CASE WHEN i > %4$d - 600 THEN 'Zoe' WHEN i %% 5 = 0 THEN 'Ada' ELSE 'Kim' END,
                    CASE WHEN i IN (7, 4500, 5000, 9990) THEN 'Needle' WHEN i %% 100 = 1 THEN 'Hundred'
                        WHEN i %% 50 = 3 THEN 'Fifty' ELSE 'N' || i %% 5000 END,
                    CASE WHEN i %% 3 > 0 THEN 'h' || i || CASE WHEN i %% 100 = 4 THEN '--' ELSE '' END END,
                    'e' || i || '@example.com', now(), now()
                FROM generate_series(1, %4$d) i;
                UPDATE app_user SET last_name = '%%_' WHERE instance_id = '%1$s' AND id IN ('user_search11', 'user_search8888');
                INSERT INTO membership (instance_id, id, organization_id, user_id, role_id, created_at, updated_at)
                SELECT '%1$s', 'orgmem_l' || i, '%2$s', 'user_search' || i, r.id, now() - i / 100 * interval '1 hour', now()
                FROM generate_series(1, %4$d) i JOIN role r ON r.instance_id = '%1$s'
                    AND r.key = CASE WHEN i %% 100 = 0 THEN 'org:admin' ELSE 'org:member' END;
                INSERT INTO membership (instance_id, id, organization_id, user_id, role_id, created_at, updated_at)
                SELECT '%1$s', 'orgmem_s' || i, '%3$s', 'user_search' || i, r.id, now() - interval '2 years', now()
                FROM generate_series(10, %4$d, 100) i JOIN role r ON r.instance_id = '%1$s' AND r.key = 'org:member';
                UPDATE organization_counter SET members_count = %4$d WHERE organization_id = '%2$s';
                UPDATE organization_counter SET members_count = %4$d / 100 WHERE organization_id = '%3$s';
                ANALYZE;
                """.formatted(instance.id(), large, small, MEMBERS));
    }
}
