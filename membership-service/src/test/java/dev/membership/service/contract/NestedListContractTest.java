package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.Management;
import dev.membership.service.support.TestDatabase;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** GraphQL's lists under organizations and users. */
@QuarkusTest
class NestedListContractTest extends ContractTest {
    private final String organization = instance.organization(instance.user());

    @Test
    void eachAliasHasItsOwnArguments() {
        instance.add(organization, instance.user(args("last_name", "null")), "org:member");

        JsonNode answer = ask("""
                a: memberships(filter: {nameQuery: "null"}) { ...N } b: memberships { ...N }
                c: memberships(filter: {role: ["org:admin, org:member"]}) { ...N }
                d: memberships(filter: {role: ["org:admin", "org:member"]}) { ...N }
                e: roles(query: "null") { nodes { id } } f: roles { nodes { id } }
                """);

        assertThat(answer.at("/a/nodes")).hasSize(1);
        assertThat(answer.at("/b/nodes")).hasSize(2);
        assertThat(answer.at("/c/nodes")).isEmpty();
        assertThat(answer.at("/d/nodes")).hasSize(2);
        assertThat(answer.at("/e/nodes")).isEmpty();
        assertThat(answer.at("/f/nodes")).isNotEmpty();
    }

    private JsonNode ask(String fields) {
        return graphQl()
                .send(
                        instance.key(),
                        "query($id: ID!) { getOrganization(id: $id) { " + fields
                                + " } } fragment N on MembershipConnection { nodes { id } }",
                        args("id", organization))
                .at("/data/getOrganization");
    }

    @Test
    void aClientThatGoesAwayIsNoFailure() throws IOException {
        String member = instance.member(organization, "org:member");
        String body = JSON.valueToTree(args(
                        "query",
                        "mutation { deleteMembership(organizationId: \"" + organization + "\", userId: \"" + member
                                + "\") { organization { memberships { nodes { id } } roles { nodes { id } } } } }"))
                .toString();
        double failures = metric("membership_failures_total");
        try (var lock = TestDatabase.lockMembersOf(organization);
                Socket client = new Socket("localhost", RestAssured.port)) {
            client.getOutputStream()
                    .write(("POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + instance.key()
                                    + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            Eventually.until("it waits for the lock", () -> TestDatabase.waiting() == 1);
            client.close();
            Eventually.until("its end is known", () -> metric("membership_calls_running") == 0);
        }
        Eventually.until(
                "the member is gone",
                () -> ask("memberships { ...N }").at("/memberships/nodes").size() == 1);
        // The fields below are answered after that, and before these.
        ask("memberships { ...N } roles { nodes { id } }");

        assertThat(metric("membership_failures_total")).isEqualTo(failures);
    }

    private static double metric(String name) {
        return Management.get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
                .sum();
    }
}
