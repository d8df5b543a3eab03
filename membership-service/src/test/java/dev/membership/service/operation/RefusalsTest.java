package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.Management;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every refusal is counted, by the operation and the code, at either door. */
@QuarkusTest
class RefusalsTest extends DoorTest {
    private static final String ABSENT = "org_none";

    private final TestInstance instance = instances().create();

    @ThroughEachDoor
    void aUseCasesRefusalIsCountedUnderItsOperation(Via door) {
        String organization = instance.organization();
        String user = instance.member(organization, "org:member");
        var addition = args("organization_id", organization, "user_id", user, "role", "org:member");
        double before = refusals(door, "CreateMembership", "already_a_member_in_organization");

        refused(door, instance.key(), "CreateMembership", addition);

        assertThat(refusals(door, "CreateMembership", "already_a_member_in_organization"))
                .isEqualTo(before + 1);
    }

    @ThroughEachDoor
    void soIsOneThatIsAnsweredSoon(Via door) {
        String code = "resource_not_found";
        double before = refusals(door, "GetMembership", code);

        refused(door, instance.key(), "GetMembership", args("organization_id", ABSENT, "user_id", instance.user()));

        assertThat(refusals(door, "GetMembership", code)).isEqualTo(before + 1);
    }

    /** Over HTTP it is not known yet what a caller wants that nobody knows. */
    @ThroughEachDoor
    void soIsAStranger(Via door) {
        String operation = door == Via.GRPC ? "GetOrganization" : "unknown";
        double before = refusals(door, operation, "clerk_key_invalid");

        refused(door, "sk_unknown", "GetOrganization", args("organization_id", ABSENT));

        assertThat(refusals(door, operation, "clerk_key_invalid")).isEqualTo(before + 1);
    }

    @Test
    void whatAQueryMakesUpIsNoLabel() {
        double absent = refusals(Via.GRAPHQL, "GetOrganization", "resource_not_found");
        double unknown = refusals(Via.GRAPHQL, "unknown", "form_param_unknown");

        query("{ madeUp: getOrganization(id: \"" + ABSENT + "\") { id } }");
        query("query madeUp { madeUp }");

        assertThat(refusals(Via.GRAPHQL, "GetOrganization", "resource_not_found"))
                .isEqualTo(absent + 1);
        assertThat(refusals(Via.GRAPHQL, "unknown", "form_param_unknown")).isEqualTo(unknown + 1);
        assertThat(Management.get("/q/metrics").asString()).doesNotContainIgnoringCase("madeUp");
    }

    private void query(String document) {
        given().header("Authorization", "Bearer " + instance.key())
                .contentType("application/json")
                .body(Map.of("query", document))
                .post("/graphql")
                .then()
                .statusCode(200);
    }

    private static void refused(Via door, String credential, String operation, Map<String, Object> arguments) {
        assertThatThrownBy(() -> door.call(credential, operation, arguments)).isInstanceOf(Refused.class);
    }

    private static double refusals(Via door, String operation, String code) {
        return Pattern.compile("(?m)^membership_refusals_total\\{code=\"" + code + "\",door=\""
                        + door.name().toLowerCase(Locale.ROOT) + "\",operation=\"" + operation + "\"[^}]*\\} (\\S+)")
                .matcher(Management.get("/q/metrics").asString())
                .results()
                .mapToDouble(line -> Double.parseDouble(line.group(1)))
                .sum();
    }
}
