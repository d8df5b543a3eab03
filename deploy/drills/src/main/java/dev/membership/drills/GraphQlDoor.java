package dev.membership.drills;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** GraphQL over HTTP/1.1, on kept-alive connections. */
final class GraphQlDoor implements Door {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern CODE = Pattern.compile("\"code\"\\s*:\\s*\"([a-z_]+)\"");
    private static final int OK = 200;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI address;
    private final String secretKey;

    GraphQlDoor(String port, String secretKey) {
        this.address = URI.create("http://127.0.0.1:" + port + "/graphql");
        this.secretKey = secretKey;
    }

    @Override
    public CompletableFuture<Outcome> send(Call call) {
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + secretKey)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"query\":\"" + document(call).replace("\"", "\\\"") + "\"}"))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .handle((answer, failure) -> failure == null
                        ? outcome(call, answer)
                        : new Outcome("NO_ANSWER", String.valueOf(failure.getMessage()), false));
    }

    private static Outcome outcome(Call call, HttpResponse<String> answer) {
        boolean retryAfter = answer.headers().firstValue("Retry-After").isPresent();
        Matcher code = CODE.matcher(answer.body());
        if (code.find()) {
            return new Outcome(answer.statusCode() + " " + code.group(1), "", retryAfter);
        }
        if (answer.statusCode() != OK || answer.body().contains("\"errors\"")) {
            return new Outcome(answer.statusCode() + " without a code", answer.body(), retryAfter);
        }
        return call.kind() == Call.Kind.GET && !answer.body().contains(call.userId())
                ? new Outcome("WRONG_ANSWER", answer.body(), false)
                : Outcome.well();
    }

    private static String document(Call call) {
        String organization = "organizationId: \"" + call.organizationId() + "\"";
        String both = organization + ", userId: \"" + call.userId() + "\"";
        String once = both + ", requestId: \"" + call.requestId() + "\"";
        return switch (call.kind()) {
            case GET -> "{ getMembership(" + both + ") { id role publicUserData { userId } } }";
            case CHECK -> "{ checkPermission(" + both + ", permission: \"" + Call.PERMISSION + "\") { allowed } }";
            case LIST ->
                "{ listMemberships(" + organization + ", first: " + Call.PAGE
                        + ") { nodes { id role publicUserData { userId } } } }";
            case CREATE -> "mutation { createMembership(" + once + ", role: \"" + Call.ROLE + "\") { id } }";
            case UPDATE -> "mutation { updateMembership(" + once + ", role: \"" + Call.OTHER_ROLE + "\") { id } }";
            case DELETE -> "mutation { deleteMembership(" + once + ") { id } }";
            case HEALTH -> throw new IllegalArgumentException("GraphQL has no health of its own");
        };
    }
}
