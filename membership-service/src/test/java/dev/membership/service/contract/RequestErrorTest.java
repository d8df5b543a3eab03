package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What GraphQL itself finds in a request: one error each, with the field's name and a text for whoever made it. */
@QuarkusTest
class RequestErrorTest extends ContractTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "form_param_unknown     | no_such_field    | { noSuchField }",
                "form_param_unknown     | no_such_argument | { listRoles(noSuchArgument: 1) { nodes { id } } }",
                "form_param_unknown     | no_such_filter   | { listUsers(filter: {noSuchFilter: 1}) { nodes { id } } }",
                "form_param_missing     | user_id          | { batchGetMemberships(keys: [{organizationId: \"o\"}]) { id } }",
                "form_param_missing     | permission       | { checkPermission(organizationId: \"o\", userId: \"u\") { allowed } }",
                "form_param_type_invalid| page_size        | { listRoles(pageSize: \"ten\") { nodes { id } } }",
                "form_param_type_invalid| first            | { listRoles(first: 99999999999) { nodes { id } } }",
                "form_param_type_invalid| created_at_after | { listUsers(filter: {createdAtAfter: 5.5}) { nodes { id } } }",
                "form_param_type_invalid| filter           | { listUsers(filter: {createdAtAfter: \"yesterday\"}) { nodes { id } } }",
                "form_param_type_invalid| created_at       | mutation { createUser(fields: {}, createdAt: \"yesterday\") { id } }",
            })
    void inADocument(String code, String param, String document) {
        isTheOnlyError(post(args("query", document)), code, param);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "form_param_type_invalid| page_size        | {'pageSize': 10.5}",
                "form_param_type_invalid| page_size        | {'pageSize': 99999999999}",
                "form_param_type_invalid| page_size        | {'pageSize': 1e999999999}",
                "form_param_type_invalid| page_size        | {'pageSize': 'ten'}",
                "form_param_type_invalid| page_size        | {'pageSize': true}",
                "form_param_type_invalid| filter           | {'filter': {'createdAtAfter': 'yesterday'}}",
                "form_param_type_invalid| filter           | {'filter': {'banned': 'perhaps'}}",
                "form_param_unknown     | no_such          | {'filter': {'noSuch': 1}}",
            })
    void inAVariable(String code, String param, String variables) {
        String document = "query($pageSize: Int, $filter: UserFilter) {"
                + " listUsers(pageSize: $pageSize, filter: $filter) { nodes { id } } }";

        isTheOnlyError(
                post("{\"query\":\"" + document + "\",\"variables\":" + variables.replace('\'', '"') + "}"),
                code,
                param);
    }

    @Test
    void aVariableThatIsMissing() {
        isTheOnlyError(
                post(args("query", "mutation($name: String!) { createOrganization(name: $name) { id } }")),
                "form_param_missing",
                "name");
    }

    /** A whole number is one however it is written. */
    @ParameterizedTest
    @ValueSource(strings = {"10", "10.0", "1e1"})
    void wholeNumbersAreTaken(String number) {
        Response response =
                post("{\"query\":\"query($n: Int) { listUsers(first: $n) { nodes { id } } }\",\"variables\":{\"n\":"
                        + number + "}}");

        assertThat(json(response.asString()).path("errors")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "true", "{}", "[\"A\"]"})
    void anOperationsNameIsAText(String name) {
        isUnreadable(post("{\"query\":\"query A { __typename }\",\"operationName\":" + name + "}"));
    }

    @Test
    void anOperationsNameMayBeNull() {
        Response response = post("{\"query\":\"query A { __typename }\",\"operationName\":null}");

        assertThat(json(response.asString()).at("/data/__typename").asText()).isEqualTo("Query");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-32", "ISO-8859-1"})
    void aBodyIsUtf8(String charset) {
        isUnreadable(
                post("{\"query\":\"{ __typename }\",\"extensions\":\"\u00e9\"}".getBytes(Charset.forName(charset))));
    }

    @Test
    void aBodyBeginsWithoutAByteOrderMark() {
        isUnreadable(post("\ufeff{\"query\":\"{ __typename }\"}".getBytes(StandardCharsets.UTF_8)));
    }

    private static void isTheOnlyError(Response response, String code, String param) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response.asString()).path("errors"))
                .as(response.asString())
                .singleElement()
                .satisfies(error -> {
                    assertThat(error.at("/extensions/code").asText())
                            .as(response.asString())
                            .isEqualTo(code);
                    assertThat(error.at("/extensions/meta/param_name").asText())
                            .as(response.asString())
                            .isEqualTo(param);
                    assertThat(error.path("message").asText()).doesNotContain("on our side");
                });
    }

    private static void isUnreadable(Response response) {
        JsonNode answer = json(response.asString());

        assertThat(response.statusCode()).as(response.asString()).isEqualTo(400);
        assertThat(answer.at("/errors/0/extensions/code").asText()).isEqualTo("request_body_invalid");
    }

    private Response post(Object request) {
        return post(JSON.valueToTree(request).toString());
    }

    private Response post(String body) {
        return post(body.getBytes(StandardCharsets.UTF_8));
    }

    private Response post(byte[] body) {
        return given().port(RestAssured.port)
                .header("Authorization", "Bearer " + instance.key())
                .contentType("application/json")
                .body(body)
                .post("/graphql");
    }
}
