package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Instances.TestInstance;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
class MembershipContractTest extends DoorTest {
    @Test
    void smoke() {
        TestInstance instance = instances().create();
        String admin = instance.user();
        String organization = instance.organization(admin);
        String member = instance.member(organization, "org:member");
        JsonNode read = graphQl(instance)
                .call(instance.key(), "GetMembership", args("organization_id", organization, "user_id", member));
        assertThat(read.get("role").asText()).isEqualTo("org:member");
        assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(2);
        System.out.println(graphQl(instance)
                .list(instance.key(), "ListMemberships", args("organization_id", organization))
                .items());
    }
}
