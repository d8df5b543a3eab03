package dev.membership.service.paging;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Consistency;
import dev.membership.service.support.Door.Listed;
import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.TestDatabase;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Long lists, read page by page while others come and go: whoever stayed is met exactly once, in order. Rows are written
 * past the service, since it is not they that are tested; those who come and go do so through it.
 */
@QuarkusTest
class PagingUnderChangeTest extends DoorTest {
    private static final int MEMBERS = 10_000;
    private static final int PAGE = 500;

    private static TestInstance instance;
    private static String organization;

    private static synchronized TestInstance filled() {
        if (instance == null) {
            instance = instances().create();
            organization = instance.organization();
            fill(organization, MEMBERS);
        }
        return instance;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+created_at",
                "-created_at",
                "+email_address",
                "-email_address",
                "+phone_number",
                "-phone_number",
                "+first_name",
                "-first_name",
                "+last_name",
                "-last_name",
                "+username",
                "-username"
            })
    void whoStaysIsMetOnceInEveryOrder(String order) {
        filled();
        List<String> leaving = passersBy();

        List<JsonNode> read =
                walk("ListMemberships", args("organization_id", organization, "order_by", order), leaving);

        metOnce(read, member -> member.get("userId").asText());
        inOrder(order, read.stream().map(PagingUnderChangeTest::sortKeys).toList());
        Consistency.check(instance.id());
    }

    @Test
    void backwardsOverGraphQl() {
        filled();
        List<String> leaving = passersBy();
        List<JsonNode> read = new ArrayList<>();
        String before = null;
        do {
            JsonNode page = graphQl()
                    .send(
                            instance.key(),
                            """
                            query ($organization: ID, $before: String) { listMemberships(organizationId: $organization,
                                orderBy: "first_name", last: 500, before: $before) {
                                nodes { id publicUserData { userId } } pageInfo { startCursor hasPreviousPage } } }
                            """,
                            before == null
                                    ? Map.of("organization", organization)
                                    : Map.of("organization", organization, "before", before))
                    .at("/data/listMemberships");
            List<JsonNode> nodes = new ArrayList<>();
            page.get("nodes").forEach(nodes::add);
            read.addAll(nodes.reversed());
            before = page.at("/pageInfo/hasPreviousPage").asBoolean()
                    ? page.at("/pageInfo/startCursor").asText()
                    : null;
            comeAndGo(leaving);
        } while (before != null);

        metOnce(read, member -> member.at("/publicUserData/userId").asText());
        assertThat(read.stream()
                        .filter(member ->
                                member.at("/publicUserData/userId").asText().startsWith("user_stay"))
                        .map(member -> member.get("id").asText()))
                .as("they have one first name, so ids decide")
                .isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void theListOfTheInstance() {
        filled();

        List<JsonNode> read = walk("ListMemberships", args("order_by", "last_name"), passersBy());

        metOnce(read, member -> member.get("userId").asText());
    }

    @Test
    void users() {
        filled();
        for (String order : List.of("first_name", "-created_at", "email_address")) {
            List<JsonNode> read = walk("ListUsers", args("order_by", order), passersBy());

            metOnce(read, user -> user.get("id").asText());
        }
    }

    @Test
    void aUserOfTwoThousandOrganizations() {
        TestInstance other = instances().create();
        String user = other.user();
        organizations(other, user, 2_000);

        for (String order : List.of("created_at", "-created_at")) {
            Set<String> met = new HashSet<>();
            String token = "";
            do {
                Listed page = grpc().list(
                                other.key(),
                                "ListMemberships",
                                args("user_id", user, "order_by", order, "page_size", PAGE, "page_token", token));
                page.items()
                        .forEach(membership -> assertThat(
                                        met.add(membership.get("organizationId").asText()))
                                .isTrue());
                token = page.next();
                String joined = other.organization();
                other.add(joined, user, "org:member");
                grpc().call(other.key(), "DeleteMembership", args("organization_id", joined, "user_id", user));
            } while (!token.isEmpty());
            assertThat(met).filteredOn(id -> id.contains("_0")).hasSize(2_000);
        }
    }

    /** Members come to organizations that the walk has passed or not come to yet, whose counts it must not lose. */
    @Test
    void organizationsByTheirMembers() {
        TestInstance other = instances().create();
        String user = other.user();
        organizations(other, user, 2_000);
        String busy = other.organization();

        for (String order : List.of("members_count", "-members_count", "name", "-created_at")) {
            Set<String> met = new HashSet<>();
            String token = "";
            do {
                Listed page = grpc().list(
                                other.key(),
                                "ListOrganizations",
                                args("order_by", order, "page_size", PAGE, "page_token", token));
                page.items().forEach(organization -> {
                    String id = organization.get("id").asText();
                    assertThat(met.add(id) || id.equals(busy)).isTrue();
                });
                token = page.next();
                other.member(busy, "org:member");
            } while (!token.isEmpty());
            assertThat(met).filteredOn(id -> id.contains("_0")).hasSize(2_000);
        }
    }

    private static List<JsonNode> walk(String operation, Map<String, Object> arguments, List<String> leaving) {
        List<JsonNode> read = new ArrayList<>();
        Map<String, Object> page = new LinkedHashMap<>(arguments);
        page.put("page_size", PAGE);
        do {
            Listed listed = grpc().list(instance.key(), operation, page);
            read.addAll(listed.items());
            page.put("page_token", listed.next());
            comeAndGo(leaving);
        } while (!page.get("page_token").equals(""));
        return read;
    }

    /** Members for this walk only, at both ends and in the middle of each order. */
    private static List<String> passersBy() {
        return new ArrayList<>(IntStream.range(0, 12).mapToObj(i -> join(i)).toList());
    }

    private static void comeAndGo(List<String> passersBy) {
        if (!passersBy.isEmpty()) {
            grpc().call(
                            instance.key(),
                            "DeleteMembership",
                            args("organization_id", organization, "user_id", passersBy.removeFirst()));
        }
        join(passersBy.size());
    }

    private static String join(int place) {
        String letter = Character.toString("aAmMzZ".charAt(place % 6));
        String user = instance.user(args(
                "first_name",
                letter,
                "last_name",
                letter,
                "username",
                Instances.unique(letter),
                "email_address",
                Instances.unique(letter) + "@example.com"));
        instance.add(organization, user, "org:member");
        return user;
    }

    /** Everybody who was there from the beginning to the end, and nobody twice. */
    private static void metOnce(List<JsonNode> read, Function<JsonNode, String> userId) {
        List<String> met = read.stream().map(userId).toList();
        assertThat(met).doesNotHaveDuplicates();
        assertThat(met).filteredOn(id -> id.startsWith("user_stay")).hasSize(MEMBERS);
    }

    private static void inOrder(String order, List<Map<String, String>> rows) {
        String field = order.substring(1);
        Comparator<Map<String, String>> comparator = Comparator.<Map<String, String>, String>comparing(
                        row -> row.getOrDefault(field, ""))
                .thenComparing(row -> row.get("id"));
        assertThat(rows).isSortedAccordingTo(order.startsWith("-") ? comparator.reversed() : comparator);
    }

    private static Map<String, String> sortKeys(JsonNode membership) {
        JsonNode user = membership.get("publicUserData");
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("id", membership.get("id").asText());
        keys.put("created_at", micros(membership.get("createdAt").asText()));
        keys.put("first_name", user.path("firstName").asText().toLowerCase(java.util.Locale.ROOT));
        keys.put("last_name", user.path("lastName").asText().toLowerCase(java.util.Locale.ROOT));
        keys.put("username", user.path("username").asText().toLowerCase(java.util.Locale.ROOT));
        keys.put("email_address", user.path("identifier").asText().toLowerCase(java.util.Locale.ROOT));
        return keys;
    }

    /** Protobuf's JSON writes as few digits as it can, which texts do not compare by. */
    private static String micros(String time) {
        return Long.toString(
                java.time.temporal.ChronoUnit.MICROS.between(java.time.Instant.EPOCH, java.time.Instant.parse(time)));
    }

    /** One first name for all, times in groups of 100, a third without a user name, none with a phone number: ties everywhere. */
    private static void fill(String organizationId, int members) {
        TestDatabase.execute("""
                INSERT INTO app_user (instance_id, id, first_name, last_name, username, email_address, created_at, updated_at)
                SELECT '%1$s', 'user_stay' || i, 'Kim', 'L' || i %% 50, CASE WHEN i %% 3 > 0 THEN 'n' || i || '%2$s' END,
                    'e' || i || '%2$s@example.com', now() - i / 100 * interval '1 hour', now()
                FROM generate_series(1, %3$d) i;
                INSERT INTO membership (instance_id, id, organization_id, user_id, role_id, created_at, updated_at)
                SELECT '%1$s', 'orgmem_0' || i, '%2$s', 'user_stay' || i, r.id, now() - i / 100 * interval '1 hour', now()
                FROM generate_series(1, %3$d) i JOIN role r ON r.instance_id = '%1$s' AND r.key = 'org:member';
                UPDATE organization_counter SET members_count = members_count + %3$d, event_sequence = event_sequence + %3$d
                WHERE organization_id = '%2$s';
                INSERT INTO outbox_event (instance_id, organization_id, organization_sequence, type, resource_id, actor_type,
                    actor_id, operation, occurred_at)
                SELECT '%1$s', '%2$s', i + 1, 'organizationMembership.created', 'orgmem_0' || i, 'test', 'test', 'test', now()
                FROM generate_series(1, %3$d) i;
                ANALYZE;
                """.formatted(instance.id(), organizationId, members));
    }

    private static void organizations(TestInstance of, String user, int count) {
        TestDatabase.execute("""
                INSERT INTO organization (instance_id, id, name, slug, admin_delete_enabled, created_at, updated_at)
                SELECT '%1$s', 'org_0' || i, 'Same name', 'slug-' || i, true, now() - i / 100 * interval '1 hour', now()
                FROM generate_series(1, %3$d) i;
                INSERT INTO organization_counter (instance_id, organization_id, max_allowed_memberships, members_count)
                SELECT '%1$s', 'org_0' || i, 0, 1 FROM generate_series(1, %3$d) i;
                INSERT INTO membership (instance_id, id, organization_id, user_id, role_id, created_at, updated_at)
                SELECT '%1$s', 'orgmem_0' || i, 'org_0' || i, '%2$s', r.id, now() - i / 100 * interval '1 hour', now()
                FROM generate_series(1, %3$d) i JOIN role r ON r.instance_id = '%1$s' AND r.key = 'org:member';
                ANALYZE;
                """.formatted(of.id(), user, count));
    }
}
