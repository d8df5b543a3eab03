package dev.membership.service.contract;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.membership.domain.caller.Operation;
import dev.membership.domain.error.ErrorCode;
import dev.membership.service.support.DoorTest;
import dev.membership.service.support.TestDatabase;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is published beside the code says what the code does. */
@QuarkusTest
class PublishedContractTest extends DoorTest {
    private static final Path PROJECT = Path.of("..");

    @Test
    void theGraphQlSchemaIsTheOneServed() throws IOException {
        String served = given().header(
                        "Authorization", "Bearer " + instances().create().key())
                .get("/graphql/schema.graphql")
                .asString();

        assertThat(served.strip())
                .as("graphql/schema.graphql: save what is served once the change is meant")
                .isEqualTo(Files.readString(PROJECT.resolve("graphql/schema.graphql"))
                        .strip());
    }

    @Test
    void theErrorPageHasARowForEachCodeAndNoOther() throws IOException {
        List<String> rows = Files.readAllLines(PROJECT.resolve("docs/errors.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(ErrorCode.values())
                        .map(PublishedContractTest::row)
                        .toList());
    }

    @Test
    void theGrpcPageNamesEachOperation() throws IOException {
        String page = Files.readString(PROJECT.resolve("docs/grpc.md"));

        assertThat(Operation.values())
                .allSatisfy(operation -> assertThat(page).contains("`" + operation.publicName() + "`"));
    }

    @Test
    void theOperatorsPageReadsTheOutboxAsItsTablesCommentSays() throws IOException {
        String page = Files.readString(PROJECT.resolve("docs/operations.md"));
        String comment = (String) TestDatabase.query("SELECT obj_description('outbox_event'::regclass) AS comment")
                .getFirst()
                .get("comment");

        assertThat(matches("SELECT [^;]*;", comment))
                .hasSize(3)
                .allSatisfy(statement -> assertThat(page).contains(statement));
    }

    @Test
    void theReadmeNamesEachVariable() throws IOException {
        String page = Files.readString(PROJECT.resolve("README.md"));

        assertThat(matches(
                        "MEMBERSHIP_[A-Z_]+", Files.readString(Path.of("src/main/resources/application.properties"))))
                .isNotEmpty()
                .allSatisfy(variable -> assertThat(page).contains("`" + variable + "`"));
    }

    private static List<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    private static String row(ErrorCode code) {
        return "| `%s` | %s | %d | %s | %s |"
                .formatted(
                        code.code(), code.status(), code.httpStatus(), code.text(), String.join(", ", code.metaKeys()));
    }
}
