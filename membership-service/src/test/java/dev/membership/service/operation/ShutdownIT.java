package dev.membership.service.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membership.service.support.Consistency;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.HeldUp;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.ServiceProcess;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What SIGTERM does to calls that are under way, and to those that come after it. */
class ShutdownIT {
    private static final int SIGTERM = 128 + 15;

    private final OwnDatabase database = OwnDatabase.create();

    @Test
    void callsUnderWayAreAnsweredAndNewOnesAreRefused() {
        TestInstance written;
        String organization;
        // Longer than this test holds its lock.
        try (ServiceProcess service = ServiceProcess.start(
                database, Map.of("MEMBERSHIP_DB_LOCK_TIMEOUT", "60s", "MEMBERSHIP_DB_STATEMENT_TIMEOUT", "60s"))) {
            TestInstance instance = service.instances().create();
            written = instance;
            organization = instance.organization(instance.user());
            String refused = instance.user();
            try (var held = new HeldUp(service, database, instance, organization)) {
                service.terminate();

                Eventually.until("readiness is down", () -> !service.isReady());
                Eventually.until("HTTP is closed", () -> {
                    int status = service.httpStatus("/graphql");
                    return status == 503 || status == 0;
                });
                assertThatThrownBy(() -> instance.add(organization, refused, "org:member"))
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                failure -> assertThat(failure.getStatus().getCode())
                                        .isEqualTo(Status.Code.UNAVAILABLE));
                assertThat(service.isAlive()).isTrue();
                assertThat(held.areUnanswered()).isTrue();
            }
            assertThat(service.awaitEnd()).isEqualTo(SIGTERM);
        }
        try (ServiceProcess again = ServiceProcess.start(database, Map.of())) {
            TestInstance instance = new TestInstance(again.grpc(), written.id(), written.key());
            assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(2);
            Consistency.check(database, instance.id());
        }
    }

    @Test
    void duringTheDelayCallsAreStillTaken() {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of("MEMBERSHIP_SHUTDOWN_DELAY", "300S"))) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization();

            service.terminate();

            Eventually.until("readiness is down", () -> !service.isReady());
            assertThat(health(service)).isEqualTo(ServingStatus.NOT_SERVING);
            assertThat(instance.read(organization).get("membersCount").asInt()).isZero();
            assertThat(service.httpStatus("/graphql")).isEqualTo(401);
        }
    }

    @Test
    void clientsAreSentElsewhereWithoutLosingACall() throws InterruptedException, ExecutionException {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor();
                ServiceProcess service = ServiceProcess.start(database, Map.of("MEMBERSHIP_SHUTDOWN_DELAY", "1S"))) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization();
            CountDownLatch underLoad = new CountDownLatch(500);
            List<Future<StatusRuntimeException>> callers = IntStream.range(0, 16)
                    .mapToObj(i -> executor.submit(() -> callUntilRefused(instance, organization, underLoad)))
                    .toList();
            underLoad.await();

            service.terminate();

            for (Future<StatusRuntimeException> caller : callers) {
                assertThat(caller.get().getStatus().getCause())
                        .as("the first call that fails has not come to the service")
                        .isInstanceOf(ConnectException.class);
            }
        }
    }

    private static StatusRuntimeException callUntilRefused(
            TestInstance instance, String organization, CountDownLatch underLoad) {
        try {
            while (true) {
                instance.read(organization);
                underLoad.countDown();
            }
        } catch (StatusRuntimeException failure) {
            return failure;
        }
    }

    private static ServingStatus health(ServiceProcess service) {
        return HealthGrpc.newBlockingStub(service.grpc().channel())
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
    }
}
