package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Refused;
import graphql.introspection.IntrospectionQuery;
import graphql.introspection.IntrospectionQueryBuilder;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much a GraphQL query may ask for, in whatever way it is written. */
@QuarkusTest
class QueryLimitTest extends ContractTest {
    private static final String TOO_LARGE = "request_body_too_large";
    private static final String ROWS = "memberships(first: 500) { nodes { organization { id } } }";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ %s }",
                "query($n: Int = 500) { users: listUsers(first: $n) { nodes { id } } %s }",
                "query Other { __typename } query Asked { %s }",
            })
    void rowsOfListsCountAsOftenAsTheyAreAskedFor(String operation) {
        String written = repeated(20, i -> "a" + i + ": listOrganizations(first: 500) { nodes { " + ROWS + " } }");
        String fragment = repeated(20, i -> "a" + i + ": listOrganizations(first: 500) { ...F }");
        String inline = repeated(20, i -> "a" + i + ": listOrganizations(first: 500) { ... { ...F } }");
        String few = repeated(21, i -> "a" + i + ": listOrganizations { ...Few }");
        String fragments = " fragment F on OrganizationConnection { nodes { " + ROWS + " } }";
        String fewRows =
                " fragment Few on OrganizationConnection { nodes { memberships(first: 48) { nodes { id } } } }";

        assertThat(refusal(operation.formatted(written)))
                .isEqualTo(refusal(operation.formatted(fragment) + fragments))
                .isEqualTo(refusal(operation.formatted(inline) + fragments))
                .isEqualTo(refusal(operation.formatted(few) + fewRows))
                .contains("10000 nodes");
    }

    @Test
    void fieldsCountAsOftenAsTheyAreAskedFor() {
        String fields = repeated(19, i -> "n" + i + ": name");

        assertThat(refusal(
                        "{ " + repeated(26, i -> "a" + i + ": getOrganization(id: \"o\") { " + fields + " }") + " }"))
                .isEqualTo(refusal("{ " + repeated(26, i -> "a" + i + ": getOrganization(id: \"o\") { ...F }")
                        + " } fragment F on Organization { " + fields + " }"))
                .contains("500 fields");
        assertThat(refusal("{ " + repeated(501, i -> "a" + i + ": __typename") + " }"))
                .contains("500 fields");
    }

    @Test
    void aFragmentIsAsDeepAsTheDeepestPlaceThatItIsUsedIn() {
        String deep = "memberships(first: 1) { nodes { organization { ".repeat(3) + "%s" + " } } }".repeat(3);
        String below = "memberships(first: 1) { nodes { id } }";

        assertThat(refusal("{ getOrganization(id: \"o\") { " + below + " " + deep.formatted(below) + " } }"))
                .isEqualTo(refusal("{ getOrganization(id: \"o\") { ...F " + deep.formatted("...F")
                        + " } } fragment F on Organization { " + below + " }"))
                .contains("deeper than 12");
    }

    @Test
    void fragmentsWithinFragmentsMultiply() {
        String fragment =
                "fragment F%d on Organization { a: memberships(first: 20) { nodes { organization { ...F%d } } }"
                        + " b: memberships(first: 20) { nodes { organization { ...F%d } } } } ";
        String document = "{ listOrganizations { nodes { ...F2 } } } fragment F0 on Organization { id } "
                + fragment.formatted(1, 0, 0) + fragment.formatted(2, 1, 1);

        assertThat(refusal(document)).contains("10000 nodes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: memberships(first: 1) { nodes { organization { ...F } } } b: memberships(first: 1) { nodes { organization { ...F } } }",
                "...F ...F",
                "... { ...F } ... @include(if: true) { ...F }"
            })
    @Timeout(30)
    void fragmentsThatDoubleAreRefusedBeforeAnybodyFollowsThem(String below) {
        String levels = repeated(
                60, i -> "fragment F" + (i + 1) + " on Organization { " + below.replace("...F", "...F" + i) + " }");

        assertThat(refusal("{ getOrganization(id: \"o\") { ...F60 } } fragment F0 on Organization { id } " + levels))
                .contains("2000 fields");
    }

    @Test
    @Timeout(30)
    void introspectionThatDoublesIsRefusedToo() {
        String levels = repeated(60, i -> "fragment F%d on __Type { ...F%d ...F%d }".formatted(i + 1, i, i));

        assertThat(refusal(
                        "{ __schema { types { ...F60 } } } fragment F0 on __Type { name @skip(if: true) } " + levels))
                .contains("2000 fields");
    }

    /** Each of them takes the framework's validation minutes, in which the event loop serves nobody else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ %s } fragment F0 on Query { __typename } ",
                "{ __typename } fragment F0 on Query { __typename } fragment Unused on Query { %s } "
            })
    @Timeout(30)
    void fragmentsThatUseEachOtherAreRefusedBeforeTheyAreValidated(String document) {
        String chain = repeated(500, i -> "fragment F%d on Query { a: __typename ...F%d }".formatted(i + 1, i));

        assertThat(refusal(document.formatted(repeated(500, i -> "...F" + i)) + chain))
                .contains("2000 fields");
    }

    /** As many as the parser reads: the stack has to be deep enough for them. */
    @Test
    void aLongChainOfFragmentsIsNoFailure() {
        String chain = repeated(1_800, i -> "fragment F%d on Query { ...F%d }".formatted(i + 1, i));

        JsonNode answer = post(args("query", "{ ...F1800 } fragment F0 on Query { __typename } " + chain));

        assertThat(answer.at("/errors/0/extensions/code").asText()).isNotEqualTo("internal_error");
    }

    @Test
    void ofSeveralOperationsTheOneThatIsAskedForCounts() {
        String document = "query Small { ...F } query Large { " + repeated(3, i -> "a" + i + ": listUsers { ...G }")
                + " } fragment F on Query { listUsers { ...G } }"
                + " fragment G on UserConnection { nodes { memberships(first: 400) { nodes { id } } } }";

        for (int time = 0; time < 2; time++) {
            assertThat(post(args("query", document, "operationName", "Small")).path("errors"))
                    .isEmpty();
            assertThat(post(args("query", document, "operationName", "Large")).toString())
                    .contains(TOO_LARGE);
        }
    }

    @Test
    void variablesCountInFragmentsToo() {
        String document = "query($n: Int = 5) { a: listUsers(first: $n) { ...F }"
                + " b: listUsers(first: $n) { ...F @include(if: true) } }"
                + " fragment F on UserConnection { nodes { memberships(pageSize: $n) { nodes { id } } } }";

        for (int time = 0; time < 2; time++) {
            assertThat(send(document, args())).isNotNull();
            assertThat(send(document, args("n", 70))).isNotNull();
            assertThat(refused(document, args("n", 71)).code()).isEqualTo(TOO_LARGE);
        }
    }

    @Test
    void metadataCountsAsSeveralNodes() {
        String all = "publicMetadata privateMetadata";
        String page = "{ listMemberships(first: 500) { nodes { %s } } }";

        assertThat(refusal(page.formatted("organization { " + repeated(480, i -> "a" + i + ": publicMetadata") + " }")))
                .contains("10000 nodes");
        assertThat(refusal(page.formatted(
                                "organization { ...F " + repeated(6, i -> "a" + i + ": publicMetadata") + " } ...G")
                        + " fragment F on Organization { " + all + " } fragment G on Membership { " + all + " }"))
                .contains("10000 nodes");
        assertThat(send(
                        page.formatted(
                                "id permissions createdAt etag " + all + " organization { id name " + all + " }"),
                        args()))
                .isNotNull();
    }

    @Test
    void fieldsOfARowCountWhereThereAreMany() {
        String wide = "{ listMemberships(first: 500) { nodes { %s } } }";

        assertThat(send(wide.formatted(repeated(480, i -> "a" + i + ": id")), args()))
                .isNotNull();
        assertThat(refusal(wide.formatted(repeated(480, i -> "a" + i + ": permissions"))))
                .contains("10000 nodes");
    }

    @Test
    void toolsMayAskForTheSchema() {
        for (String document : List.of(
                IntrospectionQuery.INTROSPECTION_QUERY,
                IntrospectionQueryBuilder.build(IntrospectionQueryBuilder.Options.defaultOptions()
                        .specifiedByUrl(true)
                        .directiveIsRepeatable(true)
                        .schemaDescription(true)
                        .inputValueDeprecation(true)
                        .typeRefFragmentDepth(9)))) {
            assertThat(send(document, args()).at("/data/__schema/types")).isNotEmpty();
        }
    }

    @Test
    void whatDashboardsSendIsNotTooLarge() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("..", "graphql", "operations"))) {
            for (Path file : files.toList()) {
                Map<String, Object> variables =
                        args("organizationId", "o", "userId", "u", "role", "r", "members", 500, "etag", "\"1\"");

                JsonNode answer = post(args("query", Files.readString(file), "variables", variables));

                assertThat(answer.at("/errors/0/extensions/code").asText())
                        .as(file.toString())
                        .isNotEqualTo(TOO_LARGE)
                        .doesNotStartWith("form_");
            }
        }
    }

    private static String repeated(int times, IntFunction<String> text) {
        return IntStream.range(0, times).mapToObj(text).collect(Collectors.joining(" "));
    }

    /** The message of the refusal for being too large. */
    private String refusal(String document) {
        JsonNode answer = document.contains("query Asked")
                ? post(args("query", document, "operationName", "Asked"))
                : post(args("query", document));
        assertThat(answer.at("/errors/0/extensions/code").asText())
                .as(answer.toString())
                .isEqualTo(TOO_LARGE);
        return answer.at("/errors/0/message").asText();
    }

    private JsonNode send(String document, Map<String, Object> variables) {
        return graphQl().send(instance.key(), document, variables);
    }

    private Refused refused(String document, Map<String, Object> variables) {
        return catchThrowableOfType(Refused.class, () -> send(document, variables));
    }

    private JsonNode post(Map<String, Object> request) {
        return json(given().port(RestAssured.port)
                .header("Authorization", "Bearer " + instance.key())
                .contentType("application/json")
                .body(JSON.valueToTree(request).toString())
                .post("/graphql")
                .asString());
    }
}
