package dev.membership.service.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.ServiceProcess;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long a client's connection lives, and how much it can have open there. */
class ConnectionsIT {
    /** For a call that is not sent; nothing hangs on how long it waits for that. */
    private static final Duration SHORT = Duration.ofMillis(500);

    private static final Duration AMPLE = Duration.ofSeconds(60);

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

    @Test
    void aConnectionCarriesSoManyCallsAndLeavesTheOthersToTheClient() throws InterruptedException, ExecutionException {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor();
                ServiceProcess service =
                        ServiceProcess.start(database, Map.of("MEMBERSHIP_GRPC_CALLS_PER_CONNECTION", "1"))) {
            ManagedChannel one = service.grpc().channel();
            ManagedChannel another = ManagedChannelBuilder.forTarget(one.authority())
                    .usePlaintext()
                    .build();
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            Future<JsonNode> added;
            try (var held = database.lockMembersOf(organization)) {
                added = executor.submit(() -> instance.add(organization, instance.user(), "org:member"));
                Eventually.until("the call waits for the lock", () -> database.waiting() == 1);

                assertThatThrownBy(() -> health(one, SHORT))
                        .extracting(Status::fromThrowable)
                        .extracting(Status::getCode)
                        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
                assertThat(health(another, AMPLE)).isEqualTo(ServingStatus.SERVING);
            } finally {
                another.shutdownNow();
            }
            assertThat(added.get().get("role").asText()).isEqualTo("org:member");
            assertThat(health(one, AMPLE)).isEqualTo(ServingStatus.SERVING);
        }
    }

    private static ServingStatus health(ManagedChannel connection, Duration deadline) {
        return HealthGrpc.newBlockingStub(connection)
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
    }
}
