package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
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
}
