package dev.membership.service.race;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.Together;
import dev.membership.service.support.Together.Outcome;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Calls whose reads are put into one statement are answered as if each were alone: with its own row or its own refusal, of
 * its own instance, and with what was committed before it was sent.
 */
@QuarkusTest
class SharedReadsTest extends DoorTest {
    private static final int CALLERS = 36;
    private static final int ROUNDS = 20;

    private final TestInstance instance = instances().create();
    private final TestInstance other = instances().create();

    @Test
    void everyCallerGetsItsOwn() {
        String organization = instance.organization();
        String otherOrganization = other.organization();
        List<String> members = members(instance, organization);
        List<String> others = members(other, otherOrganization);
        for (int round = 0; round < ROUNDS; round++) {
            List<Outcome<JsonNode>> outcomes = Together.run(CALLERS, i -> switch (i % 4) {
                case 0 -> get(instance, organization, members.get(i));
                case 1 -> get(other, otherOrganization, others.get(i));
                // Ids of the other instance: to this one they are nobody's.
                case 2 -> get(instance, otherOrganization, others.get(i));
                default -> check(instance, organization, i % 8 == 3 ? members.get(i) : others.get(i));
            });
            for (int i = 0; i < CALLERS; i++) {
                Outcome<JsonNode> outcome = outcomes.get(i);
                switch (i % 4) {
                    case 0 -> assertThat(outcome.value().get("userId").asText()).isEqualTo(members.get(i));
                    case 1 -> assertThat(outcome.value().get("userId").asText()).isEqualTo(others.get(i));
                    case 2 -> assertThat(outcome.refusal()).isEqualTo("resource_not_found");
                    default ->
                        assertThat(outcome.value().get("allowed").asBoolean()).isEqualTo(i % 8 == 3);
                }
            }
        }
    }

    @Test
    void everyCallerGetsItsOwnList() {
        String organization = instance.organization();
        List<String> members = members(instance, organization);
        List<String> others = members(other, other.organization());
        for (int i = 0; i < CALLERS; i += 6) {
            instance.add(instance.organization(), members.get(i), "org:member");
        }
        for (int round = 0; round < ROUNDS; round++) {
            List<Outcome<JsonNode>> outcomes = Together.run(CALLERS, i -> switch (i % 6) {
                case 0 -> list(instance, args("user_id", members.get(i)));
                case 1 -> list(instance, args("user_id", members.get(i - 1), "page_size", 1));
                case 2 -> list(instance, args("user_id", members.get(i - 2), "order_by", "created_at"));
                case 3 -> list(instance, args("user_id", others.get(i)));
                // They fail, and nobody with them.
                case 4 -> list(instance, args("user_id", members.get(i), "order_by", "shoe_size"));
                default -> list(instance, args("user_id", members.get(i), "page_size", 501));
            });
            for (int caller = 0; caller < CALLERS; caller += 6) {
                int i = caller;
                JsonNode latestFirst = outcomes.get(i).value().get("memberships");
                assertThat(latestFirst)
                        .hasSize(2)
                        .allSatisfy(membership ->
                                assertThat(membership.get("userId").asText()).isEqualTo(members.get(i)));
                assertThat(latestFirst.get(1).at("/organization/id").asText()).isEqualTo(organization);
                JsonNode first = outcomes.get(i + 1).value();
                assertThat(first.get("memberships")).containsExactly(latestFirst.get(0));
                assertThat(first.get("nextPageToken").asText()).isNotEmpty();
                assertThat(outcomes.get(i + 2).value().get("memberships"))
                        .containsExactly(latestFirst.get(1), latestFirst.get(0));
                assertThat(outcomes.get(i + 3).refusal()).isEqualTo("resource_not_found");
                assertThat(outcomes.get(i + 4).refusal()).isEqualTo("form_param_value_invalid");
                assertThat(outcomes.get(i + 5).refusal()).isEqualTo("form_param_value_invalid");
            }
        }
    }

    @Test
    void whoHasJustJoinedIsSeen() {
        String organization = instance.organization();
        List<String> users =
                IntStream.range(0, CALLERS).mapToObj(i -> instance.user()).toList();

        List<Outcome<JsonNode>> outcomes = Together.run(CALLERS, i -> {
            instance.add(organization, users.get(i), "org:member");
            get(instance, organization, users.get(i));
            JsonNode before = check(instance, organization, users.get(i));
            assertThat(before.get("allowed").asBoolean()).isTrue();
            grpc().call(
                            instance.key(),
                            "DeleteMembership",
                            args("organization_id", organization, "user_id", users.get(i)));
            return check(instance, organization, users.get(i));
        });

        assertThat(outcomes)
                .allSatisfy(outcome ->
                        assertThat(outcome.value().get("reason").asText()).containsIgnoringCase("not_a_member"));
    }

    @Test
    void listsThatComeTogetherShareStatements() {
        List<String> members = members(instance, instance.organization());
        TestDatabase.execute("SELECT pg_stat_statements_reset()");

        for (int round = 0; round < ROUNDS; round++) {
            Together.run(CALLERS, i -> list(instance, args("user_id", members.get(i))));
        }

        assertThat(TestDatabase.number("SELECT coalesce(sum(calls), 0) FROM pg_stat_statements"
                        + " WHERE query LIKE '%FROM app_user u%LATERAL%'"))
                .isBetween((long) ROUNDS, (long) ROUNDS * CALLERS / 2);
    }

    /** Fewer statements than calls: otherwise the tests above would show nothing. */
    @Test
    void callsThatComeTogetherShareStatements() {
        String organization = instance.organization();
        List<String> members = members(instance, organization);
        TestDatabase.execute("SELECT pg_stat_statements_reset()");

        for (int round = 0; round < ROUNDS; round++) {
            Together.run(CALLERS, i -> get(instance, organization, members.get(i)));
        }

        assertThat(TestDatabase.number("SELECT coalesce(sum(calls), 0) FROM pg_stat_statements"
                        + " WHERE query LIKE '%unnest%asked (organization_id, user_id)%'"))
                .isBetween((long) ROUNDS, (long) ROUNDS * CALLERS / 2);
    }

    private static List<String> members(TestInstance instance, String organization) {
        return IntStream.range(0, CALLERS)
                .mapToObj(i -> instance.member(organization, "org:member"))
                .toList();
    }

    private static JsonNode get(TestInstance instance, String organization, String user) {
        return grpc().call(instance.key(), "GetMembership", args("organization_id", organization, "user_id", user));
    }

    private static JsonNode list(TestInstance instance, Map<String, Object> asked) {
        return grpc().call(instance.key(), "ListMemberships", asked);
    }

    private static JsonNode check(TestInstance instance, String organization, String user) {
        Map<String, Object> asked =
                args("organization_id", organization, "user_id", user, "permission", "org:sys_memberships:read");
        return grpc().call(instance.key(), "CheckPermission", asked);
    }
}
