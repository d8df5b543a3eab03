package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the GraphQL door answers to documents, bodies and paths that are not as they should be. */
@QuarkusTest
class HttpInputTest extends ContractTest {
    private final String organization = instance.organization();
    private final long before = lastEvent();

    @AfterEach
    void nothingWasWritten() {
        assertThat(eventsSince(before)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "form_param_unknown     | { noSuchField }",
                "form_param_unknown     | { listRoles { nodes { id noSuchField } } }",
                "form_param_unknown     | { listRoles(noSuchArgument: 1) { nodes { id } } }",
                "form_param_type_invalid| { listRoles(first: \"ten\") { nodes { id } } }",
                "form_param_type_invalid| { listRoles(query: 5) { nodes { id } } }",
                "form_param_unknown     | { listUsers(filter: {noSuchFilter: 1}) { nodes { id } } }",
                "form_param_missing     | { checkPermission(organizationId: \"o\", userId: \"u\") { allowed } }",
                "form_param_missing     | mutation { createOrganization { id } }",
                "form_param_missing     | mutation { createOrganization(name: null) { id } }",
                "form_param_missing     | { getOrganization { id } }",
                "form_param_missing     | { getUser { id } }",
                "form_param_missing     | { getRole { id } }",
                "form_param_missing     | { getPermission { id } }",
                "form_conditional_param_disallowed| { getOrganization(id: \"o\", slug: \"s\") { id } }",
                "form_conditional_param_disallowed| { getUser(id: \"u\", externalId: \"e\") { id } }",
                "form_conditional_param_disallowed| { getRole(id: \"r\", key: \"k\") { id } }",
                "form_conditional_param_disallowed| { getPermission(id: \"p\", key: \"k\") { id } }",
                "request_body_invalid   | { listRoles }",
                "request_body_invalid   | query A { listRoles { nodes { id } } } query B { listRoles { nodes { id } } }",
            })
    void aDocumentThatIsNotAsTheSchemaSaysIsRefusedWithACode(String code, String document) {
        assertThat(code(send(document, Map.of()))).as(document).isEqualTo(code);
    }

    /** gRPC's timestamps end with the year 9999. */
    @ParameterizedTest
    @ValueSource(strings = {"createdAtBefore", "createdAtAfter", "lastActiveAtBefore", "lastActiveAtAfter"})
    void timesBeyondTheLastYearAreRefused(String field) {
        for (String list : List.of("listUsers", "listMemberships")) {
            JsonNode answer = send(
                    "{ %s(filter: {%s: \"+10000-01-01T00:00:00Z\"}) { nodes { id } } }".formatted(list, field),
                    Map.of());

            assertThat(code(answer)).as(list).startsWith("form_param_");
        }
    }

    /** What a word without quotation marks is, JSON does not say; a number or a list is no object. */
    @ParameterizedTest
    @ValueSource(strings = {"{a: WORD}", "{a: [True]}", "5", "[1]", "[{a: 1}]", "\"text\"", "WORD", "true"})
    void metadataInADocumentThatIsNoJsonObjectIsRefused(String metadata) {
        metadataIsRefused(send(
                "mutation { updateOrganizationMetadata(organizationId: \"" + organization + "\", publicMetadata: "
                        + metadata + ") { id } }",
                Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "[1]", "[{\"a\": 1}]", "\"text\"", "true"})
    void metadataInAVariableThatIsNoJsonObjectIsRefused(String metadata) {
        metadataIsRefused(send(
                "mutation($m: Object) { updateOrganizationMetadata(organizationId: \"" + organization
                        + "\", publicMetadata: $m) { id } }",
                args("m", json(metadata))));
    }

    private static void metadataIsRefused(JsonNode answer) {
        assertThat(code(answer)).isEqualTo("form_param_type_invalid");
        assertThat(answer.at("/errors/0/message").asText()).doesNotContain("on our side");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    { listRoles { nodes { id } }               | line 1 column 29
                    this is no document                        | line 1 column 1
                    { listRoles(first: "\\uZZZZ") { nodes { id } } } | line 1 column 20
                    """)
    void aDocumentThatCannotBeReadIsRefusedWithThePlace(String document, String place) {
        JsonNode answer = send(document, Map.of());

        assertThat(code(answer)).isEqualTo("request_body_invalid");
        assertThat(answer.at("/errors/0/message").asText()).contains(place);
        assertThat(answer.path("data").isContainerNode()).isFalse();
    }

    @Test
    void variablesAreOfTheirTypes() {
        String list =
                "query($first: Int, $filter: UserFilter) { listUsers(first: $first, filter: $filter) { nodes { id } } }";
        String create = "mutation($name: String!) { createOrganization(name: $name) { id } }";

        assertThat(code(send(list, args("first", "ten")))).isEqualTo("form_param_type_invalid");
        assertThat(code(send(list, args("first", 1.5)))).isEqualTo("form_param_type_invalid");
        assertThat(code(send(list, args("filter", "text")))).isEqualTo("form_param_type_invalid");
        assertThat(code(send(list, args("filter", args("noSuch", 1))))).isEqualTo("form_param_unknown");
        assertThat(code(send(list, args("filter", args("banned", "perhaps"))))).isEqualTo("form_param_type_invalid");
        assertThat(code(send(create, Map.of()))).isEqualTo("form_param_missing");
        assertThat(code(send(create, args("name", 5)))).isEqualTo("form_param_type_invalid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yesterday", "2024-13-45T00:00:00Z", "2024-01-01", "", "1700000000"})
    void aMalformedTimeIsRefused(String time) {
        String document = "query($t: DateTime) { listUsers(filter: {createdAtAfter: $t}) { nodes { id } } }";

        assertThat(code(send(document, args("t", time)))).startsWith("form_param_");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "5",
                "\"text\"",
                "[]",
                "[{\"query\":\"{ listRoles { nodes { id } } }\"}]",
                "{",
                "{}",
                "{\"query\":null}",
                "{\"query\":5}",
                "{\"query\":\"{ listRoles { nodes { id } } }\",\"variables\":5}",
                "{\"query\":\"{ listRoles { nodes { id } } }\",\"variables\":\"x\"}",
                "{\"query\":\"\"}",
                "not json at all"
            })
    void aBodyThatIsNoRequestIsTheCallersFault(String body) {
        clientError(post(body.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aBodyThatIsNotUtf8IsTheCallersFault() {
        byte[] body = "{\"query\":\"mutation { createOrganization(name: \\\"a?b\\\") { id } }\"}"
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < body.length; i++) {
            if (body[i] == '?') {
                body[i] = (byte) 0xff;
            }
        }

        clientError(post(body));
    }

    @Test
    void aBodyOfTenMegabytesIsTooLarge() throws IOException, InterruptedException {
        // A client that asks first: others see their connection closed while they send.
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + "/graphql"))
                .header("Authorization", "Bearer " + instance.key())
                .header("Content-Type", "application/json")
                .expectContinue(true)
                .version(HttpClient.Version.HTTP_1_1)
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[10 * 1024 * 1024]))
                .build();

        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(413);
        }
    }

    @Test
    void anUnknownCallerIsRefusedOverHttp2Too() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + "/graphql"))
                .header("Authorization", "Bearer sk_nobody")
                .header("Content-Type", "application/json")
                .version(HttpClient.Version.HTTP_2)
                .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"{ __typename }\"}"))
                .build();

        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());

            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {33, 150, 1100, 20_000})
    void metadataThatIsNestedTooDeeplyIsRefused(int depth) {
        String deep = "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
        String body = "{\"query\":\"mutation($m: Object) { updateOrganizationMetadata(organizationId: \\\""
                + organization + "\\\", publicMetadata: $m) { id } }\",\"variables\":{\"m\":" + deep + "}}";

        clientError(post(body.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e400", "-1e400", "1e200000", "1e99999999", "1e999999999"})
    void metadataWithANumberThatIsNoDoubleIsRefused(String number) {
        String body = "{\"query\":\"mutation($m: Object) { updateOrganizationMetadata(organizationId: \\\""
                + organization + "\\\", publicMetadata: $m) { id } }\",\"variables\":{\"m\":{\"n\":" + number + "}}}";

        clientError(post(body.getBytes(StandardCharsets.UTF_8)));
    }

    /** Written out, they have a hundred million digits: the event loop would be busy with them for minutes. */
    @ParameterizedTest
    @ValueSource(strings = {"1e99999999", "-1e99999999", "1e-99999999", "1e11"})
    @Timeout(30)
    void anIntWithALargeExponentIsRefused(String number) {
        String body = "{\"query\":\"query($n: Int) { listRoles(first: $n) { nodes { id } } }\",\"variables\":{\"n\":"
                + number + "}}";

        clientError(post(body.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1_001, 900_000})
    void aDocumentWithAVeryLongNumberIsRefused(int digits) {
        String document = "{ listRoles(first: " + "1".repeat(digits) + ") { nodes { id } } }";

        clientError(post(("{\"query\":\"" + document + "\"}").getBytes(StandardCharsets.UTF_8)));
        clientError(authorized()
                .contentType("application/graphql")
                .body(document.getBytes(StandardCharsets.UTF_8))
                .post("/graphql"));
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 500, 5_000})
    void aDocumentThatIsNestedTooDeeplyIsRefused(int depth) {
        String document = "{ listRoles " + "{ nodes ".repeat(depth) + "{ id }" + " }".repeat(depth) + " }";

        JsonNode answer = send(document, Map.of());

        assertThat(answer.path("errors")).isNotEmpty();
        assertThat(answer.path("data").isContainerNode()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {600, 5_000})
    void aDocumentWithVeryManyAliasesIsRefused(int aliases) {
        StringBuilder document = new StringBuilder("{");
        for (int i = 0; i < aliases; i++) {
            document.append(" a").append(i).append(": listRoles(first: 1) { nodes { id } }");
        }

        JsonNode answer = send(document.append('}').toString(), Map.of());

        assertThat(answer.path("errors")).isNotEmpty();
        assertThat(answer.path("data").isContainerNode()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ listOrganizations(first: 100) { nodes { memberships(first: 100) { nodes { id } } } } }",
                "{ listOrganizations(first: 500) { nodes { memberships(first: 10) { nodes { id } } more: memberships { nodes { id } } } } }",
                "{ listOrganizations { nodes { memberships(first: 25) { nodes { organization { memberships(first: 40) { nodes { id } } } } } } } }"
            })
    void aDocumentThatMultipliesListsIsRefused(String document) {
        assertThat(send(document, Map.of()).path("errors")).singleElement().satisfies(error -> {
            assertThat(error.at("/extensions/code").asText()).isEqualTo("request_body_too_large");
            assertThat(error.path("message").asText()).contains("10000 nodes");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ listOrganizations(first: 100) { nodes { memberships(first: 99) { nodes { id } } } } }",
                "{ listMemberships(first: 500) { nodes { organization { memberships(first: 18) { nodes { id } } } } } }"
            })
    void aDocumentWithFewerNodesThanTheLimitIsAnswered(String document) {
        assertThat(send(document, Map.of()).path("errors")).isEmpty();
    }

    @Test
    void variablesThatMultiplyListsAreRefusedHoweverOftenTheDocumentWasFine() {
        String sizes =
                "query($n: Int) { listOrganizations(first: $n) { nodes { memberships(first: $n) { nodes { id } } } } }";
        String keys = "query($k: [MembershipKey!]!) { batchGetMemberships(keys: $k) {"
                + " organization { memberships(first: 99) { nodes { id } } } } }";
        for (int time = 0; time < 2; time++) {
            assertThat(send(sizes, Map.of("n", 99)).path("errors")).isEmpty();
            assertThat(send(sizes, Map.of("n", 100)).path("errors")).isNotEmpty();
            assertThat(send(sizes, Map.of("n", "100")).path("errors")).isNotEmpty();
            assertThat(send(keys, Map.of("k", keys(0))).path("errors").toString())
                    .doesNotContain("nodes");
            assertThat(send(keys, Map.of("k", keys(101))).path("errors").toString())
                    .contains("10000 nodes");
        }
    }

    private static List<Map<String, String>> keys(int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> Map.of("organizationId", "org_" + i, "userId", "user_" + i))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/graphql;x",
                "/graphql%3Bx",
                "/graphql%2F",
                "/graphql%2Fschema.graphql",
                "/graphql/..;/graphql",
                "/nowhere",
                "/q/health",
                "/graphql-ui",
                "//graphql"
            })
    void anotherPathIsNoDoorForStrangers(String path) {
        Response response = given().urlEncodingEnabled(false)
                .port(RestAssured.port)
                .contentType("application/json")
                .body("{\"query\":\"{ listRoles { nodes { id } } }\"}")
                .post(path);

        assertThat(response.statusCode()).isBetween(400, 499);
        assertThat(response.asString()).doesNotContain("org:admin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/graphql;x", "/graphql%3Bx", "/graphql%2F", "/nowhere", "//nowhere"})
    void anotherPathIsNoServersError(String path) {
        assertThat(authorized()
                        .urlEncodingEnabled(false)
                        .body("{\"query\":\"{ listRoles { nodes { id } } }\"}")
                        .post(path)
                        .statusCode())
                .isLessThan(500);
    }

    @Test
    void gettingChangesNothing() {
        Response response = authorized()
                .queryParam("query", "mutation { createOrganization(name: \"Got\") { id } }")
                .get("/graphql");

        clientError(response);
    }

    /** The framework opens one by itself, past all that is looked at here. */
    @Test
    void noWebSocketIsOpened() {
        CompletableFuture<WebSocket> handshake = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + instance.key())
                .subprotocols("graphql-transport-ws")
                .buildAsync(URI.create("ws://localhost:" + RestAssured.port + "/graphql"), new WebSocket.Listener() {});

        assertThat(handshake)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refused ->
                                assertThat(refused.getResponse().statusCode()).isEqualTo(405));
    }

    @Test
    void anotherContentTypeIsTheCallersFault() {
        Response response = given().port(RestAssured.port)
                .header("Authorization", "Bearer " + instance.key())
                .contentType("text/plain")
                .body("mutation { createOrganization(name: \"Plain\") { id } }")
                .post("/graphql");

        clientError(response);
    }

    private RequestSpecification authorized() {
        return given().port(RestAssured.port)
                .header("Authorization", "Bearer " + instance.key())
                .contentType("application/json");
    }

    private Response post(byte[] body) {
        return authorized().body(body).post("/graphql");
    }

    private JsonNode send(String document, Map<String, Object> variables) {
        Response response = post(JSON.valueToTree(args("query", document, "variables", variables))
                .toString()
                .getBytes(StandardCharsets.UTF_8));
        assertThat(response.statusCode()).as(response.asString()).isLessThan(500);
        return json(response.asString());
    }

    private static String code(JsonNode answer) {
        return answer.at("/errors/0/extensions/code").asText();
    }

    /** A 4xx, or GraphQL's way to say it; never a success, and never a fault of ours. */
    private static void clientError(Response response) {
        assertThat(response.statusCode()).as(response.asString()).isLessThan(500);
        if (response.statusCode() < 400) {
            JsonNode answer = json(response.asString());
            assertThat(answer.path("errors")).as(response.asString()).isNotEmpty();
            assertThat(code(answer)).as(response.asString()).isNotEqualTo("internal_error");
        }
    }
}
