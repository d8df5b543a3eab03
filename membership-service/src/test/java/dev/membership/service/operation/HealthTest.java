package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.Management;
import dev.membership.service.support.Refused;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What those who run the service ask it, without a credential and on a port of its own. */
@QuarkusTest
class HealthTest extends DoorTest {
    private final TestInstance instance = instances().create();

    @Test
    void healthIsUpOnTheManagementPort() {
        assertThat(Management.get("/q/health/live").statusCode()).isEqualTo(200);
        assertThat(Management.get("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(Management.get("/q/health/started").statusCode()).isEqualTo(200);
    }

    @Test
    void grpcHealthNeedsNoCredential() {
        for (String service : List.of("", "membership.v1.MembershipService", "membership.v1.OrganizationService")) {
            assertThat(HealthGrpc.newBlockingStub(grpc().channel())
                            .check(HealthCheckRequest.newBuilder()
                                    .setService(service)
                                    .build())
                            .getStatus())
                    .as(service)
                    .isEqualTo(ServingStatus.SERVING);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/q/health", "/q/health/live", "/q/health/ready", "/q/metrics", "/q/", "/health", "/metrics"})
    void thePublicPortShowsNothingOfIt(String path) {
        assertThat(given().get(path).statusCode()).isEqualTo(401);
        assertThat(given().header("Authorization", "Bearer " + instance.key())
                        .get(path)
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void eachOperationHasMetricsOnBothDoors() {
        String organization = instance.organization(instance.user());
        JsonNode member = grpc().list(instance.key(), "ListMemberships", args("organization_id", organization))
                .items()
                .getFirst();
        graphQl()
                .call(
                        instance.key(),
                        "GetMembership",
                        args(
                                "organization_id",
                                organization,
                                "user_id",
                                member.at("/publicUserData/userId").asText()));

        assertThat(Management.get("/q/metrics").asString())
                .containsPattern(
                        "grpc_server_processing_duration_seconds_count\\{[^}]*method=\"ListMemberships\"[^}]*service=\"membership.v1.MembershipService\"[^}]*statusCode=\"OK\"")
                .containsPattern("mp_graphql_seconds_count\\{[^}]*name=\"getMembership\"");
    }

    @Test
    void whatStrangersMakeUpIsNoLabel() {
        given().port(RestAssured.port).request("MADEUP", "/made-up").then().statusCode(401);

        Eventually.until(
                "the request is counted",
                () -> Management.get("/q/metrics")
                        .asString()
                        .lines()
                        .anyMatch(line -> line.startsWith("http_server_requests_seconds_count")
                                && line.contains("method=\"OTHER\"")
                                && line.contains("uri=\"OTHER\"")));
        assertThat(Management.get("/q/metrics").asString()).doesNotContainIgnoringCase("made");
    }

    /** Alerts and dashboard ask for these names. */
    @Test
    void allThatTheMonitoringAsksForIsThere() throws IOException {
        grpc().call(instance.key(), "ListRoles", args());
        graphQl().call(instance.key(), "ListRoles", args());
        assertThatThrownBy(() -> grpc().call("no credential", "ListRoles", args()))
                .isInstanceOf(Refused.class);
        Eventually.until(
                "a job has run",
                () -> Management.get("/q/metrics").asString().contains("scheduled_methods_seconds_count"));

        String metrics = Management.get("/q/metrics").asString();

        assertThat(Files.readAllLines(
                        Path.of("..", "deploy/kubernetes/components/monitoring/metrics-of-the-service.txt")))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(metrics).containsPattern("(?m)^" + name + "[ {]"));
    }
}
