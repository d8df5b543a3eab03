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
import dev.membership.service.support.HeldUp;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ServiceProcess;
import dev.membership.service.support.UnfinishedPost;
import dev.membership.v1.ListRolesRequest;
import dev.membership.v1.ListRolesResponse;
import dev.membership.v1.ListUsersRequest;
import dev.membership.v1.ListUsersResponse;
import dev.membership.v1.RoleServiceGrpc;
import dev.membership.v1.UserServiceGrpc;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What calls get that come while as many are under way as may be. */
class AdmissionIT {
    /** More than are taken of those that use something, and fewer than may be under way. */
    private static final int MANY = 20;

    /** Answers of a page each: they have more than a quarter of the heap of {@link ServiceProcess}, though not twice as much. */
    private static final int TOO_MANY_UNTAKEN = 90;

    private static final int PAGE = 500;
    private static final String LONG_ADDRESS = "https://" + "a".repeat(2000) + ".example";
    private static final int WINDOW = 65_535;

    /** Known as a stream to the client alone, which would send the headers with the request otherwise. */
    private static final MethodDescriptor<ListRolesRequest, ListRolesResponse> SILENT =
            RoleServiceGrpc.getListRolesMethod().toBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .build();

    private final OwnDatabase database = OwnDatabase.create();

    @Test
    void callsBeyondTheLimitAreRefusedAtOnceAndHealthIsNot() {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of("MEMBERSHIP_MAX_CALLS", "2"))) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            // One at each door: they have the limit in common.
            try (var held = new HeldUp(service, database, instance, organization)) {
                grpcIsRefused(instance, organization);
                httpIsRefused(service, instance);

                assertThat(service.isReady()).isTrue();
                assertThat(health(service)).isEqualTo(ServingStatus.SERVING);
                assertThat(service.metrics())
                        .contains("membership_calls_running 2.0", "membership_calls_limit 2.0")
                        .contains("membership_calls_shed_total 2.0");
                assertThat(
                                service.metric(
                                        "membership_refusals_total\\{code=\"too_many_requests\","
                                                + "(?:door=\"grpc\",operation=\"GetOrganization\"|door=\"graphql\",operation=\"unknown\")\\}"))
                        .isEqualTo(2);
                assertThat(held.areUnanswered()).isTrue();
            }
            Eventually.until("both have ended", () -> service.metrics().contains("membership_calls_running 0.0"));
            assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(2);
            assertThat(service.httpStatus("/graphql")).isEqualTo(401);
        }
    }

    private static ServingStatus health(ServiceProcess service) {
        return HealthGrpc.newBlockingStub(service.grpc().channel())
                .withDeadlineAfter(Duration.ofSeconds(30))
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
    }

    /** Who has sent no more than a call's beginning is worked for as little as a connection without calls. */
    @Test
    void callsThatHaveNotComeTakeNoPlace() throws IOException {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of("MEMBERSHIP_MAX_CALLS", "2"))) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            List<Socket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < MANY; i++) {
                    begin(service, SILENT, bearer(instance.key()));
                    sockets.add(bodyless(service, instance));
                }

                assertThat(instance.read(organization).get("id").asText()).isEqualTo(organization);
                assertThat(new GraphQlDoor(service.httpPort(), instance.key())
                                .call(instance.key(), "GetOrganization", args("organization_id", organization))
                                .get("id")
                                .asText())
                        .isEqualTo(organization);
                assertThat(service.metrics())
                        .contains("membership_calls_running 0.0", "membership_calls_shed_total 0.0");
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void callsWhoseAnswersAreNotTakenKeepNobodyOut() {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of("MEMBERSHIP_MAX_CALLS", "2"))) {
            TestInstance instance = service.instances().create();
            ManagedChannel client = taking(1, service);
            try {
                for (int i = 0; i < MANY; i++) {
                    var answer = new Untaken<ListRolesResponse>();
                    answer.ask(
                            client,
                            instance,
                            RoleServiceGrpc.getListRolesMethod(),
                            ListRolesRequest.getDefaultInstance());
                    assertThat(answer.begun).succeedsWithin(Duration.ofSeconds(10));
                }

                assertThat(instance.user()).isNotEmpty();
                assertThat(service.metrics())
                        .contains("membership_calls_running 0.0", "membership_calls_shed_total 0.0");
            } finally {
                client.shutdownNow();
            }
        }
    }

    /** A connection of its own for each: what comes of an answer that is not taken would leave no window to another. */
    @Test
    void ofTooManyAnswersThatAreNotTakenTheOldestAreGivenUp() {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            TestInstance instance = service.instances().create();
            service.grpc()
                    .call(
                            instance.key(),
                            "ImportUsers",
                            args("users", Collections.nCopies(PAGE, args("fields", args("image_url", LONG_ADDRESS)))));
            List<ManagedChannel> clients = Stream.generate(() -> taking(WINDOW, service))
                    .limit(TOO_MANY_UNTAKEN)
                    .toList();
            try {
                List<Untaken<ListUsersResponse>> answers = new ArrayList<>();
                for (ManagedChannel client : clients) {
                    var answer = new Untaken<ListUsersResponse>();
                    answer.ask(
                            client,
                            instance,
                            UserServiceGrpc.getListUsersMethod(),
                            ListUsersRequest.newBuilder().setPageSize(PAGE).build());
                    assertThat(answer.begun).succeedsWithin(Duration.ofSeconds(10));
                    answers.add(answer);
                }

                assertThat(answers.getFirst().taken()).isEqualTo(Status.Code.CANCELLED);
                assertThat(answers.get(TOO_MANY_UNTAKEN / 2).taken()).isEqualTo(Status.Code.OK);
                assertThat(answers.getLast().taken()).isEqualTo(Status.Code.OK);
            } finally {
                clients.forEach(ManagedChannel::shutdownNow);
            }
        }
    }

    /** A client that lets in so many bytes of an answer that it does not take. */
    private static ManagedChannel taking(int bytes, ServiceProcess service) {
        return NettyChannelBuilder.forTarget(service.grpc().channel().authority())
                .usePlaintext()
                .flowControlWindow(bytes)
                .build();
    }

    /** A call of which the client reads no more than the answer's headers. */
    private static final class Untaken<A> extends ClientCall.Listener<A> {
        private final CompletableFuture<Metadata> begun = new CompletableFuture<>();
        private final CompletableFuture<Status> ended = new CompletableFuture<>();
        private ClientCall<?, A> call;

        <Q> void ask(ManagedChannel client, TestInstance instance, MethodDescriptor<Q, A> method, Q request) {
            ClientCall<Q, A> asked = client.newCall(method, CallOptions.DEFAULT);
            asked.start(this, bearer(instance.key()));
            asked.sendMessage(request);
            asked.halfClose();
            call = asked;
        }

        @Override
        public void onHeaders(Metadata headers) {
            begun.complete(headers);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
        }

        /** Takes the answer after all; until then the client would not tell either that there is none. */
        Status.Code taken() {
            call.request(1);
            return ended.orTimeout(10, TimeUnit.SECONDS).join().getCode();
        }
    }

    @Test
    void whoMayNotImportIsToldSoBeforeAnythingIsAwaited() {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of("MEMBERSHIP_MAX_CALLS", "2"))) {
            TestInstance instance = service.instances().create();
            var ended = begin(service, UserServiceGrpc.getImportUsersMethod(), bearer(Instances.OPERATOR_TOKEN));

            assertThat(ended)
                    .succeedsWithin(Duration.ofSeconds(10))
                    .extracting(Status::getCode)
                    .isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(instance.user()).isNotEmpty();
        }
    }

    /** The request itself would be in the memory by then. */
    @Test
    void aStrangerIsRefusedBeforeItsRequestIsTakenIn() {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            var ended = begin(service, SILENT, new Metadata());

            assertThat(ended)
                    .succeedsWithin(Duration.ofSeconds(10))
                    .extracting(Status::getCode)
                    .isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(service.metrics())
                    .contains("membership_calls_running 0.0")
                    .containsPattern(
                            "grpc_server_processing_duration_seconds_count\\{.*statusCode=\"UNAUTHENTICATED\"");
        }
    }

    /** Sends the headers of a call and nothing more; returns with what it will have ended. */
    private static <Q, A> CompletableFuture<Status> begin(
            ServiceProcess service, MethodDescriptor<Q, A> method, Metadata headers) {
        CompletableFuture<Status> ended = new CompletableFuture<>();
        service.grpc()
                .channel()
                .newCall(method, CallOptions.DEFAULT)
                .start(
                        new ClientCall.Listener<>() {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                ended.complete(status);
                            }
                        },
                        headers);
        return ended;
    }

    private static Metadata bearer(String credential) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + credential);
        return headers;
    }

    /** A request of which nothing follows its headers; returns when these have come. */
    private static Socket bodyless(ServiceProcess service, TestInstance instance) throws IOException {
        Socket socket = UnfinishedPost.to(service, instance.key(), "Content-Length: 100\r\nExpect: 100-continue", "");
        assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine())
                .isEqualTo("HTTP/1.1 100 Continue");
        return socket;
    }

    @Test
    void whereCallsWaitForConnectionsFewerAreTaken() {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of("MEMBERSHIP_DB_POOL", "2"))) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            try (var held = new HeldUp(service, database, instance, organization);
                    var callers = Executors.newVirtualThreadPerTaskExecutor()) {
                // They have no connection to take, and make no room.
                List<Future<JsonNode>> waiting = Stream.generate(
                                () -> callers.submit(() -> instance.read(organization)))
                        .limit(2)
                        .toList();
                Eventually.until(
                        "as few are taken as have a connection or are next",
                        () -> service.metrics().contains("membership_calls_limit 4.0"));

                grpcIsRefused(instance, organization);
                httpIsRefused(service, instance);

                assertThat(held.areUnanswered()).isTrue();
                assertThat(waiting).noneMatch(Future::isDone);
            }
            Eventually.until("all are taken again", () -> service.metrics().contains("membership_calls_limit 128.0"));
            assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(2);
        }
    }

    @Test
    void whoWaitsForItsTurnInAnOrganizationTakesNoPlace() {
        try (ServiceProcess service = ServiceProcess.start(
                database, Map.of("MEMBERSHIP_DB_POOL", "2", "QUARKUS_DATASOURCE_JDBC_ACQUISITION_TIMEOUT", "60S"))) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            List<String> users = Stream.generate(instance::user).limit(MANY).toList();
            List<Future<?>> added = new ArrayList<>();
            try (var callers = Executors.newVirtualThreadPerTaskExecutor();
                    var held = new HeldUp(service, database, instance, organization)) {
                // As it has no connection, as few are taken as have one or are next.
                callers.submit(() -> instance.read(organization));
                Eventually.until("few are taken", () -> service.metric("membership_calls_limit") == 4);

                users.forEach(user -> added.add(
                        callers.submit(() -> untilTaken(() -> instance.add(organization, user, "org:member")))));

                Eventually.until("all are taken", () -> service.metric("membership_calls_running") == 3 + MANY);
                assertThat(service.metric("membership_calls_limit")).isEqualTo(4);
                assertThat(held.areUnanswered()).isTrue();
            }
            assertThat(added).allSatisfy(addition -> assertThat(addition).succeedsWithin(Duration.ZERO));
            assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(2 + MANY);
        }
    }

    /** One that comes as long as the one before it is on its way to the line is still refused. */
    private static void untilTaken(Runnable call) {
        Eventually.until("the call is taken", () -> {
            try {
                call.run();
                return true;
            } catch (Refused refused) {
                assertThat(refused.code()).isEqualTo("too_many_requests");
                return false;
            }
        });
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
