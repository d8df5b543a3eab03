package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Answers;
import dev.membership.service.support.Door.Listed;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Page sizes, tokens and cursors: a token is good for the list it was made for and for no other. */
@QuarkusTest
class PageTokenContractTest extends ContractTest {
    private final String organization = instance.organization();

    PageTokenContractTest() {
        for (int i = 0; i < 3; i++) {
            instance.member(organization, "org:member");
            instance.organization();
        }
    }

    @ThroughEachDoor
    void aPageHasOneTo500Rows(Via door) {
        for (int size : new int[] {-1, 501, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            Refused refused = refusedList(door, "ListOrganizations", "page_size", size);

            assertThat(refused).as("size " + size).isNotNull();
            assertThat(refused.code()).isEqualTo("form_param_value_invalid");
            assertThat(refused.param()).isEqualTo(door == Via.GRPC ? "page_size" : "first");
        }
        assertThat(refusedList(door, "ListOrganizations", "page_size", 500)).isNull();
    }

    @ThroughEachDoor
    void rowsToPassOverAreNotNegative(Via door) {
        assertThat(refusedList(door, "ListOrganizations", "page_size", 1, "skip", -5)
                        .code())
                .isEqualTo("form_param_value_invalid");
    }

    @ThroughEachDoor
    void aTokenThatWasMadeUpOrChangedIsRefused(Via door) {
        String token = list(door, "ListOrganizations", "page_size", 1).next();
        List<String> forged = new ArrayList<>(
                List.of("x", "%%%", "AQ", token.substring(0, token.length() - 4), token + token, "A".repeat(5000)));
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        for (int place = 0; place < bytes.length; place++) {
            byte[] changed = bytes.clone();
            changed[place] ^= 1;
            forged.add(Base64.getUrlEncoder().withoutPadding().encodeToString(changed));
        }

        forged.forEach(other -> refusedToken(door, "ListOrganizations", args("page_size", 1), other));
    }

    @ThroughEachDoor
    void aTokenOfAnotherListOrderFilterOrParentIsRefused(Via door) {
        String ofOrganizations = list(door, "ListOrganizations", "page_size", 1).next();
        String ofMembers = list(door, "ListMemberships", "organization_id", organization, "page_size", 1)
                .next();

        refusedToken(door, "ListUsers", args(), ofOrganizations);
        refusedToken(door, "ListRoles", args(), ofOrganizations);
        refusedToken(door, "ListOrganizations", args("order_by", "name"), ofOrganizations);
        refusedToken(door, "ListOrganizations", args("order_by", "+created_at"), ofOrganizations);
        refusedToken(door, "ListOrganizations", args("query", "a"), ofOrganizations);
        refusedToken(door, "ListOrganizations", args("organization_id", List.of(organization)), ofOrganizations);
        refusedToken(door, "ListMemberships", args(), ofMembers);
        refusedToken(door, "ListMemberships", args("organization_id", instance.organization()), ofMembers);
        refusedToken(
                door,
                "ListMemberships",
                args("organization_id", organization, "filter", args("role", List.of("org:member"))),
                ofMembers);
    }

    /** Parts that differ although they are the same text when they are written one after the other. */
    @ThroughEachDoor
    void aTokenIsOfItsVeryFilter(Via door) {
        for (String list : List.of("ListOrganizations", "ListUsers", "ListMemberships")) {
            boolean flat = list.equals("ListOrganizations");
            String token = list(door, list, "page_size", 1).next();
            Map<String, Object> twoIds = args(flat ? "organization_id" : "user_id", List.of("-a", "-b"));
            Map<String, Object> oneId = args(flat ? "organization_id" : "user_id", List.of("-a, -b"));
            String without = door.list(instance.key(), list, first(flat ? twoIds : args("filter", twoIds)))
                    .next();

            refusedToken(door, list, flat ? args("query", "null") : args("filter", args("query", "null")), token);
            refusedToken(door, list, flat ? oneId : args("filter", oneId), without);
        }
    }

    private static Map<String, Object> first(Map<String, Object> arguments) {
        Map<String, Object> request = new java.util.LinkedHashMap<>(arguments);
        request.put("page_size", 1);
        return request;
    }

    @ThroughEachDoor
    void aTokenOfAnotherInstanceIsRefused(Via door) {
        String token = list(door, "ListOrganizations", "page_size", 1).next();
        TestInstance other = instances().create();
        other.organization();

        Refused refused = catchThrowableOfType(
                Refused.class, () -> door.list(other.key(), "ListOrganizations", args("page_token", token)));

        assertThat(refused.code()).isEqualTo("form_param_value_invalid");
    }

    @ThroughEachDoor
    void aTokenIsGoodAtTheOtherDoorAndForAnotherPageSize(Via door) {
        Listed first = list(door, "ListOrganizations", "page_size", 1);

        List<JsonNode> rest = list(door.other(), "ListOrganizations", "page_size", 10, "page_token", first.next())
                .items();

        assertThat(Answers.texts(rest, "/id"))
                .hasSize(3)
                .doesNotContain(first.items().getFirst().get("id").asText());
    }

    @ThroughEachDoor
    void aTokenAndRowsToPassOverExcludeEachOther(Via door) {
        String token = list(door, "ListOrganizations", "page_size", 1).next();

        assertThat(refusedList(door, "ListOrganizations", "page_size", 1, "page_token", token, "skip", 1)
                        .code())
                .isEqualTo("form_conditional_param_disallowed");
    }

    @Test
    void cursorsLeadBackwardsInTheListsOwnOrder() {
        List<String> all = Answers.texts(
                list(Via.GRPC, "ListOrganizations", "order_by", "created_at").items(), "/id");

        JsonNode last = connection("last: 2");
        JsonNode before = connection(
                "last: 2, before: \"" + last.at("/pageInfo/startCursor").asText() + '"');

        assertThat(ids(last)).isEqualTo(all.subList(2, 4));
        assertThat(ids(before)).isEqualTo(all.subList(0, 2));
        assertThat(last.at("/pageInfo/hasPreviousPage").asBoolean()).isTrue();
        assertThat(last.at("/pageInfo/hasNextPage").asBoolean()).isFalse();
        assertThat(before.at("/pageInfo/hasPreviousPage").asBoolean()).isFalse();
        assertThat(before.at("/pageInfo/hasNextPage").asBoolean()).isTrue();
    }

    @Test
    void numberedPagesBeginWithOne() {
        List<String> all = Answers.texts(
                list(Via.GRPC, "ListOrganizations", "order_by", "created_at").items(), "/id");

        JsonNode first = connection("initialPage: 1, pageSize: 3");
        JsonNode second = connection("initialPage: 2, pageSize: 3");

        assertThat(ids(first)).isEqualTo(all.subList(0, 3));
        assertThat(first.at("/pageInfo/hasPreviousPage").asBoolean()).isFalse();
        assertThat(first.at("/pageInfo/hasNextPage").asBoolean()).isTrue();
        assertThat(ids(second)).isEqualTo(all.subList(3, 4));
        assertThat(second.at("/pageInfo/hasPreviousPage").asBoolean()).isTrue();
        assertThat(second.at("/pageInfo/hasNextPage").asBoolean()).isFalse();
        assertThat(ids(connection("initialPage: 3, pageSize: 3"))).isEmpty();
        for (String refused : List.of(
                "initialPage: 0",
                "pageSize: 0",
                "pageSize: 501",
                "initialPage: 2147483647, pageSize: 500",
                "first: 0",
                "last: -1")) {
            assertThat(catchThrowableOfType(Refused.class, () -> connection(refused)))
                    .as(refused)
                    .extracting(Refused::code)
                    .isEqualTo("form_param_value_invalid");
        }
    }

    @Test
    void theWaysToPageExcludeEachOther() {
        for (String both : List.of("first: 1, last: 1", "first: 1, initialPage: 1", "last: 1, pageSize: 1")) {
            assertThat(catchThrowableOfType(Refused.class, () -> connection(both)))
                    .as(both)
                    .extracting(Refused::code)
                    .isEqualTo("form_conditional_param_disallowed");
        }
    }

    private JsonNode connection(String page) {
        return graphQl()
                .send(
                        instance.key(),
                        "{ listOrganizations(orderBy: \"created_at\", " + page
                                + ") { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }",
                        Map.of())
                .at("/data/listOrganizations");
    }

    private static List<String> ids(JsonNode connection) {
        return Answers.texts(
                StreamSupport.stream(connection.get("nodes").spliterator(), false)
                        .toList(),
                "/id");
    }

    private void refusedToken(Via door, String operation, Map<String, Object> arguments, String token) {
        Map<String, Object> request = new java.util.LinkedHashMap<>(arguments);
        request.put("page_token", token);
        List<String> described = List.of(operation, arguments.toString(), token);

        Refused refused = catchThrowableOfType(Refused.class, () -> door.list(instance.key(), operation, request));

        assertThat(refused).as("%s", described).isNotNull();
        assertThat(refused.code()).as("%s", described).isEqualTo("form_param_value_invalid");
        assertThat(refused.param()).isEqualTo(door == Via.GRPC ? "page_token" : "after");
    }
}
