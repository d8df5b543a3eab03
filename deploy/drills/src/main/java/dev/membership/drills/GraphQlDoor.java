package dev.membership.drills;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GraphQL over HTTP/1.1, on kept-alive connections. By Vert.x, all on one event loop: the JDK's own client takes several times
 * the CPU, and under a flood it would be its queue that is measured.
 */
final class GraphQlDoor implements Door {
    private static final long TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(30);
    private static final Pattern CODE = Pattern.compile("\"code\"\\s*:\\s*\"([a-z_]+)\"");
    private static final int OK = 200;

    /** More than a flood has unanswered, so that no call waits for a connection here. */
    private static final int CONNECTIONS = 5_000;

    private static final Context EVENT_LOOP =
            Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1)).getOrCreateContext();

    private final HttpClient http =
            EVENT_LOOP.owner().createHttpClient(new HttpClientOptions().setMaxPoolSize(CONNECTIONS));
    private final RequestOptions request;

    GraphQlDoor(String port, String secretKey) {
        request = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("127.0.0.1")
                .setPort(Integer.parseInt(port))
                .setURI("/graphql")
                .setTimeout(TIMEOUT_MILLIS)
                .putHeader("Content-Type", "application/json")
                .putHeader("Authorization", "Bearer " + secretKey);
    }

    @Override
    public CompletableFuture<Outcome> send(Call call) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Buffer body = JsonObject.of(
                        "query",
                        document(call),
                        "variables",
                        JsonObject.of("o", call.organizationId(), "u", call.userId(), "r", call.requestId()))
                .toBuffer();
        EVENT_LOOP.runOnContext(here -> http.request(request)
                .compose(opened -> opened.send(body))
                .compose(answer -> answer.body().map(text -> outcome(call, answer, text.toString())))
                .otherwise(failure -> new Outcome("NO_ANSWER", String.valueOf(failure.getMessage()), false))
                .onSuccess(outcome::complete));
        return outcome;
    }

    private static Outcome outcome(Call call, HttpClientResponse answer, String body) {
        boolean retryAfter = answer.getHeader("Retry-After") != null;
        Matcher code = CODE.matcher(body);
        if (code.find()) {
            return new Outcome(answer.statusCode() + " " + code.group(1), "", retryAfter);
        }
        if (answer.statusCode() != OK || body.contains("\"errors\"")) {
            return new Outcome(answer.statusCode() + " without a code", body, retryAfter);
        }
        return call.kind() == Call.Kind.GET && !body.contains(call.userId())
                ? new Outcome("WRONG_ANSWER", body, false)
                : Outcome.well();
    }

    /** Documents that stay the same, as dashboards send them. */
    private static String document(Call call) {
        String both = "organizationId: $o, userId: $u";
        return switch (call.kind()) {
            case GET -> "query($o: ID!, $u: ID!) { getMembership(" + both + ") { id role publicUserData { userId } } }";
            case CHECK ->
                "query($o: ID!, $u: ID!) { checkPermission(" + both + ", permission: \"" + Call.PERMISSION
                        + "\") { allowed } }";
            case LIST ->
                "query($o: ID!) { listMemberships(organizationId: $o, first: " + Call.PAGE
                        + ") { nodes { id role publicUserData { userId } } } }";
            case CREATE -> change("createMembership(" + both + ", requestId: $r, role: \"" + Call.ROLE + "\")");
            case UPDATE -> change("updateMembership(" + both + ", requestId: $r, role: \"" + Call.OTHER_ROLE + "\")");
            case DELETE -> change("deleteMembership(" + both + ", requestId: $r)");
            case HEALTH -> throw new IllegalArgumentException("GraphQL has no health of its own");
        };
    }

    private static String change(String field) {
        return "mutation($o: ID!, $u: ID!, $r: String) { " + field + " { id } }";
    }
}
