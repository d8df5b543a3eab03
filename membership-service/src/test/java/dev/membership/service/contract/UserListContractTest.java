package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Answers;
import dev.membership.service.support.Door.Listed;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;

/** Lists of users: filters, orders, pages, totals. */
@QuarkusTest
class UserListContractTest extends ContractTest {
    private final String ada = person("ada", "+15550000003", "2021-01-01T00:00:00Z");
    private final String bob = person("b%b_", "+15550000002", "2022-01-01T00:00:00Z");
    private final String cyd = person("cyd", "+15550000001", "2023-01-01T00:00:00Z");

    private String person(String name, String phone, String created) {
        return call(
                        grpc(),
                        "CreateUser",
                        "fields",
                        args(
                                "first_name",
                                name,
                                "last_name",
                                "L" + name,
                                "username",
                                name,
                                "external_id",
                                "Ext-" + name,
                                "email_address",
                                name + "@example.com",
                                "phone_number",
                                phone,
                                "banned",
                                name.equals("cyd"),
                                "last_active_at",
                                created),
                        "created_at",
                        created)
                .get("id")
                .asText();
    }

    @ThroughEachDoor
    void eachOrderAscendsAndDescends(Via door) {
        call(door, "UpdateUser", "user_id", ada, "fields", args("image_url", "https://example.com/1"));
        Map<String, List<String>> ascending = Map.of(
                "created_at", List.of(ada, bob, cyd),
                "updated_at", List.of(bob, cyd, ada),
                "email_address", List.of(ada, bob, cyd),
                "phone_number", List.of(cyd, bob, ada),
                "first_name", List.of(ada, bob, cyd),
                "last_name", List.of(ada, bob, cyd),
                "username", List.of(ada, bob, cyd));

        ascending.forEach((order, expected) -> {
            assertThat(users(door, "order_by", order)).as(order).isEqualTo(expected);
            assertThat(users(door, "order_by", "-" + order)).as("-" + order).isEqualTo(expected.reversed());
        });
        assertThat(users(door)).isEqualTo(List.of(cyd, bob, ada));
    }

    @ThroughEachDoor
    void eachFilterSelects(Via door) {
        String organization = instance.organization();
        instance.add(organization, bob, "org:member");

        assertThat(found(door, "user_id", List.of(ada, "+" + cyd))).containsExactly(ada, cyd);
        assertThat(found(door, "user_id", List.of("-" + ada))).containsExactly(bob, cyd);
        assertThat(found(door, "external_id", List.of("Ext-ada"))).containsExactly(ada);
        assertThat(found(door, "external_id", List.of("ext-ada"))).isEmpty();
        assertThat(found(door, "external_id", List.of("+Ext-cyd"))).containsExactly(cyd);
        call(door, "UpdateUser", "user_id", bob, "fields", args("external_id", ""));
        assertThat(found(door, "external_id", List.of("-Ext-ada"))).containsExactly(bob, cyd);
        assertThat(found(door, "email_address", List.of("CYD@example.com"))).containsExactly(cyd);
        assertThat(found(door, "phone_number", List.of("+15550000002"))).containsExactly(bob);
        assertThat(found(door, "username", List.of("ADA"))).containsExactly(ada);
        assertThat(found(door, "organization_id", List.of(organization))).containsExactly(bob);
        assertThat(found(door, "organization_id", List.of("-" + organization))).containsExactly(ada, cyd);
        assertThat(found(door, "query", "YD@")).containsExactly(cyd);
        assertThat(found(door, "query", "%")).containsExactly(bob);
        assertThat(found(door, "query", "b_")).containsExactly(bob);
        assertThat(found(door, "query", "a_a")).isEmpty();
        assertThat(found(door, "email_address_query", "ada@")).containsExactly(ada);
        assertThat(found(door, "phone_number_query", "001")).containsExactly(cyd);
        assertThat(found(door, "username_query", "%b")).containsExactly(bob);
        assertThat(found(door, "name_query", "cyd lcyd")).containsExactly(cyd);
        assertThat(found(door, "banned", true)).containsExactly(cyd);
        assertThat(found(door, "banned", false)).containsExactly(ada, bob);
        assertThat(found(door, "last_active_at_before", "2022-01-01T00:00:00Z")).containsExactly(ada);
        assertThat(found(door, "last_active_at_after", "2022-01-01T00:00:00Z")).containsExactly(cyd);
        assertThat(found(door, "created_at_before", "2022-01-01T00:00:00Z")).containsExactly(ada);
        assertThat(found(door, "created_at_after", "2022-01-01T00:00:00Z")).containsExactly(cyd);
    }

    @ThroughEachDoor
    void tokensLeadThroughAllPagesOnce(Via door) {
        List<List<JsonNode>> pages = pages(door, "ListUsers", "page_size", 1, "order_by", "-phone_number");

        assertThat(pages.stream()
                        .flatMap(List::stream)
                        .map(user -> user.get("id").asText()))
                .containsExactly(ada, bob, cyd);
    }

    @ThroughEachDoor
    void theTotalCountsWhatMatches(Via door) {
        Listed page = list(door, "ListUsers", "page_size", 1, "include_total", true, "filter", args("banned", false));

        assertThat(page.items()).hasSize(1);
        assertThat(page.total()).isEqualTo(2);
    }

    @ThroughEachDoor
    void anUnknownOrderIsRefused(Via door) {
        assertThat(refusedList(door, "ListUsers", "order_by", "banned").param()).isEqualTo("order_by");
    }

    private List<String> users(Via door, Object... arguments) {
        return Answers.texts(list(door, "ListUsers", arguments).items(), "/id");
    }

    private List<String> found(Via door, String filter, Object value) {
        return users(door, "order_by", "created_at", "filter", args(filter, value));
    }
}
