package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.membership.service.support.Door;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.GraphQlDoor;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.Refused;
import dev.membership.service.support.Relay;
import dev.membership.service.support.ServiceProcess;
import dev.membership.v1.ListOrganizationsRequest;
import dev.membership.v1.OrganizationServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What those who run the service read in its log, and what they need not. */
class LogIT {
    private final OwnDatabase database = OwnDatabase.create();

    @Test
    void whatTheOperatorChangesIsToldWithoutSecrets() {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            var door = service.grpc();
            var named = args("name", "one\ntwo", "request_id", "1");
            String instance =
                    operator(service, "CreateInstance", named).get("id").asText();
            operator(service, "CreateInstance", named); // a repetition changes nothing
            var key = operator(service, "CreateSecretKey", args("instance_id", instance, "name", "test"));
            String keyId = key.at("/key/id").asText();
            operator(service, "RevokeSecretKey", args("instance_id", instance, "secret_key_id", keyId));
            String issuer = operator(
                            service,
                            "CreateTokenIssuer",
                            args(
                                    "instance_id", instance,
                                    "issuer", "https://issuer.example",
                                    "jwks_uri", "https://issuer.example/keys"))
                    .get("id")
                    .asText();
            var registered = args("instance_id", instance, "token_issuer_id", issuer);
            operator(
                    service,
                    "UpdateTokenIssuer",
                    args("instance_id", instance, "token_issuer_id", issuer, "audience", "us"));
            operator(service, "DeleteTokenIssuer", registered);
            assertThatThrownBy(() -> door.call(Instances.OPERATOR_TOKEN, "DeleteTokenIssuer", registered))
                    .isInstanceOf(Refused.class);

            String log = service.log();

            assertThat(log.lines().filter(line -> line.contains(" by the operator: ")))
                    .satisfiesExactly(
                            line -> assertThat(line).contains("CreateInstance", instance, "one\\ntwo"),
                            line -> assertThat(line).contains("CreateSecretKey", instance, keyId),
                            line -> assertThat(line).contains("RevokeSecretKey", instance, keyId),
                            line -> assertThat(line)
                                    .contains("CreateTokenIssuer", instance, issuer, "https://issuer.example/keys"),
                            line -> assertThat(line).contains("UpdateTokenIssuer", instance, issuer),
                            line -> assertThat(line).contains("DeleteTokenIssuer", instance, issuer));
            assertThat(log)
                    .contains("INFO")
                    .doesNotContain(key.get("secret").asText())
                    .doesNotContain(Instances.OPERATOR_TOKEN);
        }
    }

    @Test
    void aFailureOfOursIsFoundByTheIdThatItsCallerHas() {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization();
            database.execute("ALTER TABLE organization RENAME TO away");

            for (Door door : List.of(service.grpc(), new GraphQlDoor(service.httpPort(), instance.key()))) {
                Refused refused = catchThrowableOfType(
                        Refused.class,
                        () -> door.call(instance.key(), "GetOrganization", args("organization_id", organization)));

                assertThat(refused.code()).isEqualTo("internal_error");
                assertThat(refused.meta()).containsOnlyKeys("trace_id");
                assertThat(refused).hasMessageNotContaining("relation");
                assertThat(service.log())
                        .contains(
                                "unexpected failure, trace id " + refused.meta().get("trace_id"));
            }
            assertThat(service.metric("membership_failures_total")).isEqualTo(2);
        }
    }

    @Test
    void aJobSaysOnceThatPostgresqlIsAwayAndOnceThatItIsBack() {
        try (Relay relay = new Relay();
                ServiceProcess service = ServiceProcess.start(
                        database,
                        Map.of(
                                "MEMBERSHIP_DB_URL",
                                database.url().replaceFirst(":\\d+/", ":" + relay.port() + "/"),
                                "MEMBERSHIP_BACKGROUND_MEASURE_EVERY",
                                "0.2S"))) {
            relay.cut();

            Eventually.until("jobs have failed often", () -> failures(service, "measure") >= 3);
            assertThat(service.log()).containsOnlyOnce("BacklogGauges#measure has to wait (service_unavailable)");

            relay.connect();

            Eventually.until("a job works again", () -> service.log().contains("BacklogGauges#measure works again"));
            assertThat(service.log())
                    .containsOnlyOnce("BacklogGauges#measure has to wait")
                    .doesNotContain("Error occurred while executing task", "\tat dev.membership");
        }
    }

    @Test
    void aClientThatHangsUpIsNoErrorOfOurs() throws IOException {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            TestInstance instance = service.instances().create();
            try (Socket client = new Socket("127.0.0.1", service.httpPort())) {
                client.getOutputStream()
                        .write(("POST /graphql HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
                                        + "Authorization: Bearer " + instance.key()
                                        + "\r\nContent-Length: 100\r\n\r\n{\"query\":")
                                .getBytes(StandardCharsets.US_ASCII));
                Eventually.until(
                        "it is under way",
                        () -> service.metric("http_server_active_requests\\{server_port=\"" + service.httpPort()
                                        + "\"[^}]*\\}")
                                == 1);
            }
            Eventually.until(
                    "it has ended",
                    () -> service.metric("http_server_requests_seconds_count\\{[^}]*status=\"RESET\"[^}]*\\}") == 1);

            service.terminate();

            service.awaitEnd();
            assertThat(service.log()).doesNotContain("HTTP Request to", "HttpClosedException");
        }
    }

    @Test
    void aClientThatDoesNotWaitForItsAnswerIsNoErrorOfOurs() throws InterruptedException {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            TestInstance instance = service.instances().create();
            var metadata = Map.of("text", "x".repeat(8_000));
            for (int i = 0; i < 80; i++) {
                service.grpc()
                        .call(
                                instance.key(),
                                "CreateOrganization",
                                args("name", "Large", "public_metadata", metadata, "private_metadata", metadata));
            }
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + instance.key());
            var answered = new CountDownLatch(1);
            var call = service.grpc()
                    .channel()
                    .newCall(OrganizationServiceGrpc.getListOrganizationsMethod(), CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onHeaders(Metadata begun) {
                            answered.countDown();
                        }
                    },
                    headers);
            // Nothing of the answer is asked for, and it is more than the connection takes unasked.
            call.sendMessage(
                    ListOrganizationsRequest.newBuilder().setPageSize(80).build());
            call.halfClose();
            assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue();
            call.cancel("no longer needed", null);

            service.terminate();

            service.awaitEnd();
            assertThat(service.log()).doesNotContain("Stream Error", "StreamException");
        }
    }

    private static com.fasterxml.jackson.databind.JsonNode operator(
            ServiceProcess service, String operation, Map<String, Object> arguments) {
        return service.grpc().call(Instances.OPERATOR_TOKEN, operation, arguments);
    }

    private static double failures(ServiceProcess service, String job) {
        return service.metric(
                "scheduled_methods_seconds_count\\{[^}]*exception=\"(?!none)[^}]*method=\"" + job + "\"[^}]*\\}");
    }
}
