package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.GraphQlDoor;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ServiceProcess;
import dev.membership.service.support.UnfinishedPost;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Several large GraphQL requests at once, each of which may be asked, but not all for a small heap. */
class LargeRequestsIT {
    private static final int MANY = 20;
    private static final int LARGE_BYTES = 1_000_000;

    private static final String LARGE =
            "memberships(first: 500) { nodes { organization { memberships(first: 18) { nodes { id } } } } }";

    private final OwnDatabase database = OwnDatabase.create();

    @Test
    void aLargeAnswerThatFindsNoRoomIsRefusedAtOnceUntilAnotherEnds() throws ExecutionException, InterruptedException {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            String member = instance.member(organization, "org:member");
            GraphQlDoor door = new GraphQlDoor(service.httpPort(), instance.key());
            String query = "{ getOrganization(id: \"" + organization + "\") { ";
            try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<JsonNode> first;
                try (var lock = database.lockMembersOf(organization)) {
                    first = callers.submit(() -> door.send(
                            instance.key(),
                            "mutation { deleteMembership(organizationId: \"" + organization + "\", userId: \"" + member
                                    + "\") { organization { " + LARGE + " } } }",
                            args()));
                    Eventually.until("it waits for the lock", () -> database.waiting() == 1);

                    Refused refused = catchThrowableOfType(
                            Refused.class, () -> door.send(instance.key(), query + LARGE + " } }", args()));

                    assertThat(refused.code()).isEqualTo("too_many_requests");
                    assertThat(door.send(
                                    instance.key(), query + "memberships(first: 500) { nodes { id } } } }", args()))
                            .isNotNull();
                    assertThat(first.isDone()).isFalse();
                }
                assertThat(first.get().at("/data/deleteMembership").isObject()).isTrue();
            }
            for (String end : List.of("", "noSuchArgument: 1", "", "after: \"nowhere\"", "")) {
                String asked = query + LARGE.replace("first: 18", "first: 18 " + end) + " } }";
                Refused refused = catchThrowableOfType(Refused.class, () -> door.send(instance.key(), asked, args()));

                assertThat(refused == null).as(end).isEqualTo(end.isEmpty());
            }
        }
    }

    @Test
    void aLargeBodyThatFindsNoRoomIsRefusedAtOnceUntilAnotherEnds() throws IOException {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            List<Socket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < MANY; i++) {
                    String length = i % 2 == 0 ? "Content-Length: " + LARGE_BYTES : "Transfer-Encoding: chunked";
                    sockets.add(UnfinishedPost.to(service, instance.key(), length, "1\r\n{\r\n"));
                }

                Eventually.until(
                        "most find no room",
                        () -> service.metric("membership_refusals_total\\{code=\"too_many_requests\","
                                        + "door=\"graphql\",operation=\"unknown\"\\}")
                                > MANY / 2);
                assertThat(statusOfALargeOne(service, instance)).isEqualTo(503);
                assertThat(new GraphQlDoor(service.httpPort(), instance.key())
                                .call(instance.key(), "GetOrganization", args("organization_id", organization))
                                .get("id")
                                .asText())
                        .isEqualTo(organization);
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
            Eventually.until("there is room again", () -> statusOfALargeOne(service, instance) == 200);
        }
    }

    private static int statusOfALargeOne(ServiceProcess service, TestInstance instance) {
        return given().port(service.httpPort())
                .header("Authorization", "Bearer " + instance.key())
                .contentType("application/json")
                .body("{\"query\":\"{ __typename }\"" + " ".repeat(LARGE_BYTES) + "}")
                .post("/graphql")
                .statusCode();
    }
}
