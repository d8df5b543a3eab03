package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Answers;
import dev.membership.service.support.Door.Listed;
import dev.membership.service.support.Issuer;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Lists of memberships: of an organization, of a user, of the instance; filters, orders, pages, totals. */
@QuarkusTest
class MembershipListContractTest extends ContractTest {
    private final String organization = instance.organization();
    private final String ada = person("ada", "Ada", "Lovelace", "+15550000003", "2021-01-01T00:00:00Z");
    private final String bob = person("bob", "bob", "100%_sure", "+15550000002", "2022-01-01T00:00:00Z");
    private final String cyd = person("cyd", "Cyd", "Adams", "+15550000001", "2023-01-01T00:00:00Z");

    MembershipListContractTest() {
        instance.add(organization, ada, "org:admin");
        instance.add(organization, bob, "org:member");
        instance.add(organization, cyd, "org:member");
    }

    /** The e-mail addresses' order is another than that of the names. */
    private String person(String name, String first, String last, String phone, String active) {
        String user = call(
                        grpc(),
                        "CreateUser",
                        "fields",
                        args(
                                "first_name",
                                first,
                                "last_name",
                                last,
                                "username",
                                name,
                                "email_address",
                                (char) ('a' + 'z' - name.charAt(0)) + name + "@Example.com",
                                "phone_number",
                                phone,
                                "last_active_at",
                                active),
                        "created_at",
                        active)
                .get("id")
                .asText();
        return user;
    }

    @ThroughEachDoor
    void eachOrderAscendsAndDescends(Via door) {
        Map<String, List<String>> ascending = Map.of(
                "created_at", List.of(ada, bob, cyd),
                "email_address", List.of(cyd, bob, ada),
                "phone_number", List.of(cyd, bob, ada),
                "first_name", List.of(ada, bob, cyd),
                "last_name", List.of(bob, cyd, ada),
                "username", List.of(ada, bob, cyd));

        ascending.forEach((order, expected) -> {
            assertThat(users(door, "order_by", order)).as(order).isEqualTo(expected);
            assertThat(users(door, "order_by", "+" + order)).as("+" + order).isEqualTo(expected);
            assertThat(users(door, "order_by", "-" + order)).as("-" + order).isEqualTo(expected.reversed());
        });
    }

    /** Both names are in one search text, where a word that goes from the one to the other leaves no trace. */
    @ThroughEachDoor
    void aWordThatGoesFromOneNameToTheOtherMovesItsMember(Via door) {
        String mary = instance.user(args("first_name", "Mary", "last_name", "Ann Smith"));
        instance.add(organization, mary, "org:member");
        assertThat(users(door, "order_by", "last_name")).containsExactly(bob, cyd, mary, ada);

        call(door, "UpdateUser", "user_id", mary, "fields", args("first_name", "Mary Ann", "last_name", "Smith"));

        assertThat(users(door, "order_by", "last_name")).containsExactly(bob, cyd, ada, mary);
    }

    @ThroughEachDoor
    void theNewestComeFirstByDefault(Via door) {
        assertThat(users(door)).containsExactly(cyd, bob, ada);
    }

    @ThroughEachDoor
    void anUnknownOrderIsRefused(Via door) {
        Refused refused = refusedList(door, "ListMemberships", "organization_id", organization, "order_by", "role");

        assertThat(refused.code()).isEqualTo("form_param_value_invalid");
        assertThat(refused.param()).isEqualTo("order_by");
    }

    @ThroughEachDoor
    void eachFilterSelects(Via door) {
        assertThat(found(door, "role", List.of("org:admin"))).containsExactly(ada);
        assertThat(found(door, "role", List.of("org:admin", "org:member"))).containsExactly(ada, bob, cyd);
        assertThat(found(door, "role", List.of("org:none"))).isEmpty();
        assertThat(found(door, "user_id", List.of(ada, "+" + bob))).containsExactly(ada, bob);
        assertThat(found(door, "user_id", List.of("-" + ada))).containsExactly(bob, cyd);
        assertThat(found(door, "email_address", List.of("ZADA@example.COM"))).containsExactly(ada);
        assertThat(found(door, "phone_number", List.of("+15550000002"))).containsExactly(bob);
        assertThat(found(door, "username", List.of("CYD", "none"))).containsExactly(cyd);
        assertThat(found(door, "query", "adA")).containsExactly(ada, cyd);
        assertThat(found(door, "query", ada)).containsExactly(ada);
        assertThat(found(door, "query", "15550000002")).containsExactly(bob);
        assertThat(found(door, "email_address_query", "ybob@")).containsExactly(bob);
        assertThat(found(door, "phone_number_query", "0003")).containsExactly(ada);
        assertThat(found(door, "username_query", "YD")).containsExactly(cyd);
        assertThat(found(door, "name_query", "cyd adams")).containsExactly(cyd);
        assertThat(found(door, "last_active_at_before", "2022-01-01T00:00:00Z")).containsExactly(ada);
        assertThat(found(door, "last_active_at_after", "2022-01-01T00:00:00Z")).containsExactly(cyd);
        assertThat(found(door, "created_at_before", "2021-06-01T00:00:00Z")).containsExactly(ada);
        assertThat(found(door, "created_at_after", "2021-06-01T00:00:00Z")).containsExactly(bob, cyd);
    }

    /** Letters whose lower case is another one in Java than in PostgreSQL, or depends on where they stand. */
    @ThroughEachDoor
    void caseMeansNothingInAnyAlphabet(Via door) {
        for (String name : List.of("Émilie", "İbrahim", "ΑΛΕΞΗΣ", "Straße")) {
            String user = instance.user(args("first_name", name, "last_name", "Ω" + name));
            instance.add(organization, user, "org:member");

            assertThat(found(door, "query", name)).as(name).containsExactly(user);
            assertThat(found(door, "name_query", "ω" + name)).as(name).containsExactly(user);
        }
        assertThat(found(door, "query", "éMILIE")).hasSize(1);
    }

    @ThroughEachDoor
    void allFiltersMustHold(Via door) {
        assertThat(users(door, "order_by", "created_at", "filter", args("role", List.of("org:member"), "query", "ada")))
                .containsExactly(cyd);
    }

    @ThroughEachDoor
    void percentSignsAndUnderscoresMeanThemselves(Via door) {
        for (String filter : List.of("query", "name_query")) {
            assertThat(found(door, filter, "0%_S")).as(filter).containsExactly(bob);
            assertThat(found(door, filter, "%")).as(filter).containsExactly(bob);
            assertThat(found(door, filter, "a_a")).as(filter).isEmpty();
            assertThat(found(door, filter, "\\")).as(filter).isEmpty();
        }
    }

    @ThroughEachDoor
    void aFilterHasUpTo100Values(Via door) {
        List<String> hundred = Collections.nCopies(100, ada);
        List<String> more = Collections.nCopies(101, ada);

        for (String filter : List.of("user_id", "role", "email_address", "phone_number", "username")) {
            Refused refused =
                    refusedList(door, "ListMemberships", "organization_id", organization, "filter", args(filter, more));

            assertThat(refused.code()).as(filter).isEqualTo("form_param_array_size_exceeded");
            assertThat(refused.meta()).containsEntry("param_name", filter).containsEntry("limit", "100");
        }
        assertThat(found(door, "user_id", hundred)).containsExactly(ada);
    }

    /** What members may not read of each other shows neither in who is found nor in a place in an order, which a cursor tells. */
    @ThroughEachDoor
    void usersFindMembersByWhatMembersMayKnow(Via door) {
        String token = new Issuer().registered(grpc(), instance.id(), null).token(bob);
        Map<String, Object> secrets = Map.of(
                "phone_number", List.of("+15550000003"),
                "phone_number_query", "0003",
                "last_active_at_before", "2022-01-01T00:00:00Z",
                "last_active_at_after", "2022-01-01T00:00:00Z",
                "created_at_before", "2022-01-01T00:00:00Z",
                "created_at_after", "2022-01-01T00:00:00Z");

        secrets.forEach((filter, value) -> {
            Refused refused = catchThrowableOfType(Refused.class, () -> of(door, token, "filter", args(filter, value)));
            assertThat(refused.code()).as(filter).isEqualTo("form_param_unknown");
            assertThat(refused.param()).isEqualTo(filter);
        });
        Refused order = catchThrowableOfType(Refused.class, () -> of(door, token, "order_by", "-phone_number"));
        assertThat(order.code()).isEqualTo("form_param_value_invalid");
        assertThat(order.param()).isEqualTo("order_by");

        String known = instance.user(args("phone_number", "+15550000009"));
        instance.add(organization, known, "org:member");
        assertThat(of(door, token, "filter", args("query", "1555000000"))).containsExactly(known);
        assertThat(of(door, token, "filter", args("query", "ada"))).containsExactlyInAnyOrder(ada, cyd);
        assertThat(of(door, token, "filter", args("query", bob))).containsExactly(bob);
        assertThat(of(door, token, "order_by", "-email_address")).containsExactly(ada, bob, cyd, known);
    }

    private List<String> of(Via door, String token, String name, Object value) {
        return Answers.texts(
                door.list(token, "ListMemberships", args("organization_id", organization, name, value))
                        .items(),
                "/publicUserData/userId");
    }

    /** Taken for an empty id, "-" would exclude nobody. */
    @ThroughEachDoor
    void aSignWithoutAnIdIsRefused(Via door) {
        for (String sign : List.of("-", "+")) {
            Refused refused = refusedList(
                    door, "ListMemberships", "organization_id", organization, "filter", args("user_id", List.of(sign)));

            assertThat(refused.code()).as(sign).isEqualTo("form_param_missing");
            assertThat(refused.param()).as(sign).isEqualTo("user_id");
        }
    }

    @ThroughEachDoor
    void tokensLeadThroughAllPagesOnceInEachOrder(Via door) {
        for (String order : List.of("created_at", "-created_at", "email_address", "-last_name", "username")) {
            List<List<JsonNode>> pages =
                    pages(door, "ListMemberships", "organization_id", organization, "order_by", order, "page_size", 2);

            assertThat(pages).extracting(List::size).as(order).containsExactly(2, 1);
            List<JsonNode> all = new ArrayList<>(pages.get(0));
            all.addAll(pages.get(1));
            assertThat(Answers.texts(all, "/publicUserData/userId"))
                    .as(order)
                    .isEqualTo(users(door, "order_by", order));
        }
    }

    @ThroughEachDoor
    void aFullLastPageHasNoNext(Via door) {
        Listed page = list(door, "ListMemberships", "organization_id", organization, "page_size", 3);

        assertThat(page.items()).hasSize(3);
        assertThat(page.next()).isEmpty();
    }

    @ThroughEachDoor
    void aTokenStaysGoodWhenWhatItWasMadeAtIsGone(Via door) {
        Listed first = list(
                door, "ListMemberships", "organization_id", organization, "order_by", "-created_at", "page_size", 1);
        instance.door().call(instance.key(), "DeleteMembership", args("organization_id", organization, "user_id", cyd));

        assertThat(users(door, "order_by", "-created_at", "page_size", 1, "page_token", first.next()))
                .containsExactly(bob);
    }

    @ThroughEachDoor
    void rowsCanBePassedOver(Via door) {
        assertThat(users(door, "order_by", "created_at", "page_size", 1, "skip", 1))
                .containsExactly(bob);
        assertThat(users(door, "order_by", "created_at", "page_size", 2, "skip", 2))
                .containsExactly(cyd);
        assertThat(users(door, "order_by", "created_at", "page_size", 2, "skip", 4))
                .isEmpty();
    }

    @ThroughEachDoor
    void theTotalCountsWhatMatchesAndOnlyOnDemand(Via door) {
        assertThat(list(door, "ListMemberships", "organization_id", organization, "page_size", 1)
                        .total())
                .isNull();
        assertThat(list(door, "ListMemberships", "organization_id", organization, "page_size", 1, "include_total", true)
                        .total())
                .isEqualTo(3);
        assertThat(list(
                                door,
                                "ListMemberships",
                                "organization_id",
                                organization,
                                "include_total",
                                true,
                                "filter",
                                args("role", List.of("org:member")))
                        .total())
                .isEqualTo(2);
        assertThat(list(door, "ListMemberships", "include_total", true, "page_size", 1)
                        .total())
                .isEqualTo(3);
        assertThat(list(door, "ListMemberships", "user_id", ada, "include_total", true)
                        .total())
                .isEqualTo(1);
    }

    @ThroughEachDoor
    void aUsersListShowsItsOrganizations(Via door) {
        String second = instance.organization();
        instance.add(second, ada, "org:member");

        assertThat(Answers.texts(
                        list(door, "ListMemberships", "user_id", ada, "order_by", "created_at")
                                .items(),
                        "/organization/id"))
                .containsExactly(organization, second);
    }

    @ThroughEachDoor
    void aUsersListHasOneOrderAndNoFilter(Via door) {
        assertThat(refusedList(door, "ListMemberships", "user_id", ada, "order_by", "username")
                        .code())
                .isEqualTo("form_param_value_invalid");
        assertThat(refusedList(door, "ListMemberships", "user_id", ada, "filter", args("role", List.of("org:admin")))
                        .code())
                .isEqualTo("form_conditional_param_disallowed");
    }

    @ThroughEachDoor
    void theInstancesListShowsAllOrganizations(Via door) {
        String second = instance.organization();
        instance.add(second, bob, "org:admin");

        assertThat(Answers.texts(
                        list(door, "ListMemberships", "order_by", "-username").items(), "/publicUserData/userId"))
                .containsExactly(cyd, bob, bob, ada);
        assertThat(Answers.texts(
                        list(door, "ListMemberships", "filter", args("role", List.of("org:admin")))
                                .items(),
                        "/publicUserData/userId"))
                .containsExactly(bob, ada);
    }

    @ThroughEachDoor
    void anUnknownParentIsNotFound(Via door) {
        assertThat(refusedList(door, "ListMemberships", "organization_id", "org_none")
                        .meta())
                .containsEntry("resource", "organization");
        assertThat(refusedList(door, "ListMemberships", "user_id", "user_none").meta())
                .containsEntry("resource", "user");
    }

    @ThroughEachDoor
    void anEmptyOrganizationsListIsEmptyAndNotRefused(Via door) {
        Listed page = list(door, "ListMemberships", "organization_id", instance.organization(), "include_total", true);

        assertThat(page.items()).isEmpty();
        assertThat(page.next()).isEmpty();
        assertThat(page.total()).isZero();
    }

    @ThroughEachDoor
    void aRenamedUserIsFoundByItsNewName(Via door) {
        call(door, "UpdateUser", "user_id", ada, "fields", args("last_name", "Zuse", "username", "zada"));

        assertThat(found(door, "query", "zuse")).containsExactly(ada);
        assertThat(found(door, "query", "lovelace")).isEmpty();
        assertThat(users(door, "order_by", "-last_name")).first().isEqualTo(ada);
    }

    @ThroughEachDoor
    void bothDoorsListTheSame(Via door) {
        Object[] request = {
            "organization_id", organization, "order_by", "email_address", "filter", args("query", "example")
        };

        assertThat(list(door, "ListMemberships", request).items().stream()
                        .map(Answers::plainMembership)
                        .toList())
                .isEqualTo(list(door.other(), "ListMemberships", request).items().stream()
                        .map(Answers::plainMembership)
                        .toList());
    }

    private List<String> users(Via door, Object... more) {
        var request = args(more);
        request.put("organization_id", organization);
        return Answers.texts(
                door.list(instance.key(), "ListMemberships", request).items(), "/publicUserData/userId");
    }

    /** In the order of their creation. */
    private List<String> found(Via door, String filter, Object value) {
        return users(door, "order_by", "created_at", "filter", args(filter, value));
    }
}
