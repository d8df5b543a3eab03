package dev.membership.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Answers;
import dev.membership.service.support.Door.Listed;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Lists of organizations: filters, orders, pages, totals. */
@QuarkusTest
class OrganizationListContractTest extends ContractTest {
    private final String user = instance.user();
    private final String acme = organization("Acme", "acme-zz");
    private final String bolt = organization("bolt 100%", "bolt");
    private final String cyan = organization("Cyan_x", "cyan");

    OrganizationListContractTest() {
        instance.add(bolt, user, "org:admin");
        instance.add(bolt, instance.user(), "org:member");
        instance.add(cyan, user, "org:member");
    }

    private String organization(String name, String slug) {
        return call(grpc(), "CreateOrganization", "name", name, "slug", slug)
                .get("id")
                .asText();
    }

    @ThroughEachDoor
    void eachOrderAscendsAndDescends(Via door) {
        assertThat(ids(door, "order_by", "name")).containsExactly(acme, bolt, cyan);
        assertThat(ids(door, "order_by", "-name")).containsExactly(cyan, bolt, acme);
        assertThat(ids(door, "order_by", "+created_at")).containsExactly(acme, bolt, cyan);
        assertThat(ids(door, "order_by", "members_count")).containsExactly(acme, cyan, bolt);
        assertThat(ids(door, "order_by", "-members_count")).containsExactly(bolt, cyan, acme);
    }

    @ThroughEachDoor
    void theNewestComeFirstByDefault(Via door) {
        assertThat(ids(door)).containsExactly(cyan, bolt, acme);
    }

    @ThroughEachDoor
    void eachFilterSelects(Via door) {
        assertThat(ids(door, "query", "OLT")).containsExactly(bolt);
        assertThat(ids(door, "query", "e-z")).containsExactly(acme);
        assertThat(ids(door, "query", acme)).containsExactly(acme);
        assertThat(ids(door, "query", acme.substring(0, 20))).isEmpty();
        assertThat(ids(door, "query", "%")).containsExactly(bolt);
        assertThat(ids(door, "query", "n_x")).containsExactly(cyan);
        assertThat(ids(door, "query", "c_m")).isEmpty();
        assertThat(ids(door, "organization_id", List.of(acme, "+" + bolt))).containsExactly(bolt, acme);
        assertThat(ids(door, "organization_id", List.of("-" + acme))).containsExactly(cyan, bolt);
        assertThat(ids(door, "user_id", List.of(user))).containsExactly(cyan, bolt);
        assertThat(ids(door, "user_id", List.of("-" + user))).containsExactly(acme);
    }

    @ThroughEachDoor
    void aFilterHasUpTo100Values(Via door) {
        for (String filter : List.of("organization_id", "user_id")) {
            Refused refused = refusedList(door, "ListOrganizations", filter, Collections.nCopies(101, acme));

            assertThat(refused.code()).isEqualTo("form_param_array_size_exceeded");
            assertThat(refused.meta()).containsEntry("param_name", filter).containsEntry("limit", "100");
        }
    }

    @ThroughEachDoor
    void tokensLeadThroughAllPagesOnceInEachOrder(Via door) {
        for (String order : List.of("name", "-created_at", "members_count")) {
            List<JsonNode> all = new ArrayList<>();
            pages(door, "ListOrganizations", "order_by", order, "page_size", 2).forEach(all::addAll);

            assertThat(Answers.texts(all, "/id")).as(order).isEqualTo(ids(door, "order_by", order));
        }
    }

    @ThroughEachDoor
    void theTotalCountsWhatMatchesAndOnlyOnDemand(Via door) {
        Listed page = list(door, "ListOrganizations", "page_size", 1, "include_total", true);

        assertThat(page.items()).hasSize(1);
        assertThat(page.total()).isEqualTo(3);
        assertThat(list(door, "ListOrganizations", "include_total", true, "user_id", List.of(user))
                        .total())
                .isEqualTo(2);
        assertThat(list(door, "ListOrganizations").total()).isNull();
    }

    @ThroughEachDoor
    void aPageHasTenUnlessSaidOtherwise(Via door) {
        for (int i = 0; i < 9; i++) {
            instance.organization();
        }

        assertThat(list(door, "ListOrganizations").items()).hasSize(10);
        assertThat(list(door, "ListOrganizations", "page_size", 11).items()).hasSize(11);
    }

    @ThroughEachDoor
    void anUnknownOrderIsRefused(Via door) {
        assertThat(refusedList(door, "ListOrganizations", "order_by", "slug").param())
                .isEqualTo("order_by");
    }

    @ThroughEachDoor
    void bothDoorsListTheSame(Via door) {
        assertThat(list(door, "ListOrganizations").items().stream()
                        .map(Answers::plain)
                        .toList())
                .isEqualTo(list(door.other(), "ListOrganizations").items().stream()
                        .map(Answers::plain)
                        .toList());
    }

    private List<String> ids(Via door, Object... arguments) {
        return Answers.texts(list(door, "ListOrganizations", arguments).items(), "/id");
    }
}
