package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.GraphQlDoor;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ServiceProcess;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Several large GraphQL queries at once, each of which may be asked, but not all for a small heap. */
class LargeQueriesIT {
    private static final String LARGE =
            "memberships(first: 500) { nodes { organization { memberships(first: 18) { nodes { id } } } } }";

    private final OwnDatabase database = OwnDatabase.create();

    @Test
    void oneThatFindsNoRoomIsRefusedAtOnceUntilAnotherEnds() throws ExecutionException, InterruptedException {
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
}
