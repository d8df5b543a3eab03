package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.GraphQlDoor;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ServiceProcess;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What calls get that come while as many are under way as may be. */
class AdmissionIT {
    private final OwnDatabase database = OwnDatabase.create();

    @Test
    void callsBeyondTheLimitAreRefusedAtOnceAndHealthIsNot() throws InterruptedException, ExecutionException {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor();
                ServiceProcess service = ServiceProcess.start(database, Map.of("MEMBERSHIP_MAX_CALLS", "2"))) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            String leaving = instance.member(organization, "org:member");
            String joining = instance.user();
            GraphQlDoor graphQl = new GraphQlDoor(service.httpPort(), instance.key());
            Future<JsonNode> removed;
            Future<JsonNode> added;
            try (var held = database.lockMembersOf(organization)) {
                // One at each door: they have the limit in common.
                removed = executor.submit(() -> instance.door()
                        .call(
                                instance.key(),
                                "DeleteMembership",
                                args("organization_id", organization, "user_id", leaving)));
                added = executor.submit(() -> graphQl.call(
                        instance.key(),
                        "CreateMembership",
                        args("organization_id", organization, "user_id", joining, "role", "org:member")));
                Eventually.until("both calls wait for the lock", () -> database.waiting() == 2);

                grpcIsRefused(instance, organization);
                httpIsRefused(service, instance);

                assertThat(service.isReady()).isTrue();
                assertThat(HealthGrpc.newBlockingStub(service.grpc().channel())
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus())
                        .isEqualTo(ServingStatus.SERVING);
                assertThat(service.metrics())
                        .contains("membership_calls_running 2.0", "membership_calls_limit 2.0")
                        .contains("membership_calls_shed_total 2.0");
            }
            assertThat(removed.get().at("/publicUserData/userId").asText()).isEqualTo(leaving);
            assertThat(added.get().get("role").asText()).isEqualTo("org:member");
            Eventually.until("both have ended", () -> service.metrics().contains("membership_calls_running 0.0"));
            assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(2);
            assertThat(service.httpStatus("/graphql")).isEqualTo(401);
        }
    }

    private static void grpcIsRefused(TestInstance instance, String organization) {
        Refused refused = catchThrowableOfType(Refused.class, () -> instance.read(organization));

        assertThat(refused.code()).isEqualTo("too_many_requests");
        var status = StatusProto.fromThrowable((StatusRuntimeException) refused.getCause());
        assertThat(Status.fromCodeValue(status.getCode()).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(status.getDetailsList())
                .filteredOn(detail -> detail.is(RetryInfo.class))
                .singleElement()
                .satisfies(
                        detail -> assertThat(retryInfo(detail).getRetryDelay().getSeconds())
                                .isPositive());
    }

    private static RetryInfo retryInfo(Any detail) throws InvalidProtocolBufferException {
        return detail.unpack(RetryInfo.class);
    }

    private static void httpIsRefused(ServiceProcess service, TestInstance instance) {
        var answer = given().port(service.httpPort())
                .header("Authorization", "Bearer " + instance.key())
                .contentType("application/json")
                .body("{\"query\":\"{ __typename }\"}")
                .post("/graphql");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.jsonPath().getString("errors[0].extensions.code")).isEqualTo("too_many_requests");
    }
}
