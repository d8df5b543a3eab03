package dev.membership.service.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.ServiceProcess;
import io.grpc.ConnectivityState;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A client that stays connected finds new replicas, and loses no call when it is sent away. */
class ConnectionAgeIT {
    private final OwnDatabase database = OwnDatabase.create();

    @Test
    void anAgedConnectionIsClosedWithoutItsCalls() throws InterruptedException, ExecutionException {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor();
                ServiceProcess service =
                        ServiceProcess.start(database, Map.of("MEMBERSHIP_GRPC_CONNECTION_AGE", "1S"))) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            String joining = instance.user();
            Future<JsonNode> added;
            try (var held = database.lockMembersOf(organization)) {
                added = executor.submit(() -> instance.add(organization, joining, "org:member"));
                Eventually.until("the call waits for the lock", () -> database.waiting() == 1);
                Eventually.until(
                        "the client was told to come again",
                        () -> service.grpc().channel().getState(false) == ConnectivityState.IDLE);
                assertThat(added.isDone()).isFalse();
            }
            assertThat(added.get().get("role").asText()).isEqualTo("org:member");
            assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(2);
        }
    }
}
