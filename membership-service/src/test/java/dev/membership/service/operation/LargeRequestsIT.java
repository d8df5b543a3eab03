package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.GraphQlDoor;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.Issuer;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ServiceProcess;
import dev.membership.service.support.UnfinishedPost;
import dev.membership.v1.BatchGetUsersRequest;
import dev.membership.v1.BatchGetUsersResponse;
import dev.membership.v1.ImportUsersRequest;
import dev.membership.v1.UserServiceGrpc;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Several large requests at once, each of which may be asked, but not all for a small heap. */
class LargeRequestsIT {
    private static final int MANY = 20;
    private static final int LARGE_BYTES = 1_000_000;
    private static final Duration AMPLE = Duration.ofSeconds(20);

    /** Long enough for many requests to come, short enough to wait for. */
    private static final Map<String, String> IMPATIENT = Map.of("MEMBERSHIP_REQUEST_TIMEOUT", "2S");

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

    /** Known as a stream to the client alone, which ends the call by its request otherwise. */
    private static final MethodDescriptor<BatchGetUsersRequest, BatchGetUsersResponse> UNENDED =
            UserServiceGrpc.getBatchGetUsersMethod().toBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .build();

    private static final MethodDescriptor<HealthCheckRequest, HealthCheckResponse> UNENDED_HEALTH =
            HealthGrpc.getCheckMethod().toBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .build();

    @Test
    void aLargeMessageThatFindsNoRoomIsRefusedAtOnceUntilAnotherEnds() throws InterruptedException {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());
            String user = instance.user(args("external_id", "idp|large"));
            String token =
                    new Issuer().registered(service.grpc(), instance.id(), null).token(user);
            BatchGetUsersRequest large = BatchGetUsersRequest.newBuilder()
                    .addUserIds("u".repeat(LARGE_BYTES))
                    .build();
            List<CompletableFuture<Status>> ended = new ArrayList<>();
            List<ClientCall<?, ?>> calls = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                CompletableFuture<Status> end = new CompletableFuture<>();
                calls.add(send(service, UNENDED, i % 2 == 0 ? instance.key() : token, large, end));
                ended.add(end);
            }

            Eventually.until(
                    "most find no room",
                    () -> ended.stream().filter(CompletableFuture::isDone).count() > MANY / 2);
            assertThat(ended)
                    .filteredOn(CompletableFuture::isDone)
                    .allSatisfy(end -> assertThat(end.join().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
            assertThat(ended).as("but some do").anyMatch(end -> !end.isDone());
            assertThat(instance.read(organization).get("id").asText()).isEqualTo(organization);

            calls.forEach(call -> call.cancel("enough", null));
            Eventually.until("there is room again", () -> statusOfALargeOne(service, instance) == 200);
            Eventually.until("all have ended", () -> service.metric("membership_calls_running") == 0);
        }
    }

    @Test
    void strangersGetNoRoom() {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            CompletableFuture<Status> end = new CompletableFuture<>();
            send(
                    service,
                    UNENDED_HEALTH,
                    "nobody",
                    HealthCheckRequest.newBuilder()
                            .setService("s".repeat(LARGE_BYTES))
                            .build(),
                    end);

            assertThat(end)
                    .succeedsWithin(Duration.ofSeconds(10))
                    .extracting(Status::getCode)
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void aLargeBodyThatDoesNotComeInTimeKeepsNobodyOutAnyMore() throws IOException {
        try (ServiceProcess service = ServiceProcess.start(database, IMPATIENT)) {
            TestInstance instance = service.instances().create();
            TestInstance another = service.instances().create();
            List<Socket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < MANY; i++) {
                    sockets.add(UnfinishedPost.to(service, instance.key(), "Content-Length: " + LARGE_BYTES, "{"));
                }
                Eventually.until("some find no room", () -> refusals(service, "too_many_requests") > 0);

                Eventually.until("another has room", () -> statusOfALargeOne(service, another) == 200);
                // Several threads accept, so which found room is not known before.
                List<Integer> statuses = new ArrayList<>();
                for (Socket socket : sockets) {
                    int status = UnfinishedPost.status(socket, AMPLE);
                    statuses.add(status);
                    if (status == 408) {
                        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                                .as("all that comes until the connection is closed")
                                .contains("\"code\":\"request_timeout\"");
                    }
                }
                assertThat(statuses).contains(408, 503).containsOnly(408, 503);
                assertThat(service.log()).doesNotContain("ERROR", "Exception");
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void aLargeMessageWhoseCallDoesNotEndInTimeKeepsNobodyOutAnyMore() {
        try (ServiceProcess service = ServiceProcess.start(database, IMPATIENT)) {
            TestInstance instance = service.instances().create();
            TestInstance another = service.instances().create();
            BatchGetUsersRequest large = BatchGetUsersRequest.newBuilder()
                    .addUserIds("u".repeat(LARGE_BYTES))
                    .build();
            CompletableFuture<Status> first = new CompletableFuture<>();
            send(service, UNENDED, instance.key(), large, first);
            // One after the other: sent all at once, more of them may be refused than need be.
            Eventually.until("another finds no room", () -> {
                send(service, UNENDED, instance.key(), large, new CompletableFuture<>());
                return statusOfALargeOne(service, another) == 503;
            });

            Eventually.until("another has room", () -> statusOfALargeOne(service, another) == 200);
            assertThat(first)
                    .succeedsWithin(AMPLE)
                    .extracting(Status::getCode)
                    .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(refusals(service, "request_timeout")).isPositive();
            Eventually.until("all have ended", () -> service.metric("membership_calls_running") == 0);
            assertThat(service.log()).doesNotContain("ERROR", "Exception");
        }
    }

    /** Each request of a stream has its time; between them the client may do what else it has to do. */
    @Test
    void aStreamMayTakeItsTimeThoughNotWithinAMessage() {
        try (ServiceProcess service = ServiceProcess.start(database, IMPATIENT)) {
            TestInstance instance = service.instances().create();
            CompletableFuture<Status> end = new CompletableFuture<>();
            ClientCall<?, ?> slow = send(
                    service,
                    UserServiceGrpc.getImportUsersMethod(),
                    instance.key(),
                    ImportUsersRequest.newBuilder()
                            .setId("u".repeat(LARGE_BYTES))
                            .build(),
                    end);
            Eventually.until("it is taken", () -> service.metric("membership_calls_running") == 1);

            try (Http2 client = new Http2()) {
                Buffer half = Buffer.buffer()
                        .appendByte((byte) 0)
                        .appendInt(LARGE_BYTES)
                        .appendBytes(new byte[LARGE_BYTES / 2]);
                var answer = client.begin(
                        service.grpc().channel().authority(),
                        "/" + UserServiceGrpc.getImportUsersMethod().getFullMethodName(),
                        "application/grpc",
                        instance,
                        half);

                assertThat(answer.getHeader("grpc-status")).isEqualTo("4");
            }
            assertThat(end).isNotDone();
            slow.request(1);
            slow.halfClose();
            assertThat(end).succeedsWithin(AMPLE).extracting(Status::getCode).isEqualTo(Status.Code.OK);
        }
    }

    @Test
    void ofAConnectionOfHttp2OnlyTheUnfinishedRequestEnds() {
        try (ServiceProcess service = ServiceProcess.start(database, IMPATIENT);
                Http2 client = new Http2()) {
            TestInstance instance = service.instances().create();
            String address = "127.0.0.1:" + service.httpPort();

            var first = client.begin(address, "/graphql", "application/json", instance, Buffer.buffer("{"));
            var second = client.begin(address, "/graphql", "application/json", instance, Buffer.buffer("{"));

            assertThat(first.statusCode()).isEqualTo(408);
            assertThat(second.statusCode()).isEqualTo(408);
            assertThat(second.request().connection()).isSameAs(first.request().connection());
            Eventually.until("no more of either is taken", () -> client.resets.size() == 2);
            assertThat(client.resets).allMatch(StreamResetException.class::isInstance);
        }
    }

    /** A client that begins requests and does not end them. */
    private static final class Http2 implements AutoCloseable {
        private final Vertx vertx = Vertx.vertx();
        private final HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));

        private final List<Throwable> resets = new CopyOnWriteArrayList<>();

        /** @return what is answered nevertheless */
        HttpClientResponse begin(String address, String path, String type, TestInstance instance, Buffer begun) {
            var host = HostAndPort.parseAuthority(address, -1);
            return await(client.request(HttpMethod.POST, host.port(), host.host(), path)
                    .compose(request -> {
                        request.exceptionHandler(resets::add)
                                .putHeader("authorization", "Bearer " + instance.key())
                                .putHeader("content-type", type)
                                .putHeader("te", "trailers")
                                .setChunked(true)
                                .write(begun);
                        return request.response();
                    }));
        }

        @Override
        public void close() {
            await(vertx.close());
        }

        private static <T> T await(io.vertx.core.Future<T> future) {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(AMPLE.toSeconds(), TimeUnit.SECONDS)
                    .join();
        }
    }

    private static double refusals(ServiceProcess service, String code) {
        return service.metric("membership_refusals_total\\{code=\"" + code + "\",[^}]*}");
    }

    /** Sends a request, and does not say that it is all. */
    private static <Q, A> ClientCall<Q, A> send(
            ServiceProcess service,
            MethodDescriptor<Q, A> method,
            String credential,
            Q request,
            CompletableFuture<Status> end) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + credential);
        ClientCall<Q, A> call = service.grpc().channel().newCall(method, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                headers);
        call.sendMessage(request);
        return call;
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
