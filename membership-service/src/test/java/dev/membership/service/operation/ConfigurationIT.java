package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalToIgnoringCase;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.Issuer;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sets. Secrets may come from files, as Kubernetes mounts them, instead of the environment. */
class ConfigurationIT {
    private final OwnDatabase database = OwnDatabase.create();

    @TempDir
    private Path secrets;

    @Test
    void aFileIsReadAsTheVariableOfItsName() throws IOException {
        Files.writeString(secrets.resolve("MEMBERSHIP_OPERATOR_TOKEN"), "token-of-the-file");
        Files.writeString(secrets.resolve("MEMBERSHIP_DB_PASSWORD"), database.name());

        try (ServiceProcess service = ServiceProcess.start(
                database,
                Map.of(
                        "MEMBERSHIP_SECRETS", secrets.toString(),
                        "MEMBERSHIP_OPERATOR_TOKEN", "",
                        "MEMBERSHIP_DB_PASSWORD", ""))) {
            assertThat(service.grpc()
                            .call("token-of-the-file", "CreateInstance", args("name", "test"))
                            .get("id")
                            .asText())
                    .isNotEmpty();
            Refused refused = catchThrowableOfType(
                    Refused.class,
                    () -> service.grpc().call(Instances.OPERATOR_TOKEN, "CreateInstance", args("name", "test")));
            assertThat(refused.code()).isEqualTo("authentication_invalid");
        }
    }

    /** With another one, calls that wait for the same row would be refused as conflicts. */
    @Test
    void theIsolationOfTransactionsIsNotLeftToTheDatabase() {
        database.execute("ALTER DATABASE " + database.name() + " SET default_transaction_isolation = serializable");
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            TestInstance instance = service.instances().create();
            database.execute("""
                    CREATE FUNCTION require_read_committed() RETURNS trigger LANGUAGE plpgsql AS
                        $$BEGIN ASSERT current_setting('transaction_isolation') = 'read committed'; RETURN NEW; END$$;
                    CREATE TRIGGER isolation BEFORE INSERT ON app_user EXECUTE FUNCTION require_read_committed()
                    """);

            assertThat(instance.user()).isNotEmpty();
        }
    }

    @Test
    void whatCannotBeSetStopsTheStartAllOfItNamed() {
        var wrong = Map.of(
                "MEMBERSHIP_MAX_CALLS", "0",
                "MEMBERSHIP_DB_POOL", "0",
                "MEMBERSHIP_REQUEST_TIMEOUT", "0S",
                "MEMBERSHIP_GRPC_CALLS_PER_CONNECTION", "0",
                "MEMBERSHIP_GRPC_CONNECTION_AGE", "0S",
                "MEMBERSHIP_CREDENTIAL_CACHE", "-1S",
                "MEMBERSHIP_EVENTS_KEPT", "0S");

        var ended = ServiceProcess.runToEnd(database, wrong);

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.output()).contains(wrong.keySet()).doesNotContain("Exception");
    }

    @Test
    void aCredentialThatEndsIsKnownElsewhereForNoLongerThanIsSet() {
        var settings = Map.of("MEMBERSHIP_CREDENTIAL_CACHE", "0.2S");
        try (ServiceProcess asked = ServiceProcess.start(database, settings);
                ServiceProcess other = ServiceProcess.start(database, settings)) {
            TestInstance instance = asked.instances().create();
            String user = instance.user();
            Issuer issuer = new Issuer().registered(asked.grpc(), instance.id(), null);
            String token = issuer.token(user);
            assertThat(reading(other, instance.key(), user)).isNull();
            assertThat(reading(other, token, user)).isNull();

            operator(
                    asked,
                    "RevokeSecretKey",
                    args("instance_id", instance.id(), "secret_key_id", only(asked, "ListSecretKeys", instance)));
            operator(
                    asked,
                    "DeleteTokenIssuer",
                    args("instance_id", instance.id(), "token_issuer_id", only(asked, "ListTokenIssuers", instance)));

            Eventually.until(
                    "the key is refused", () -> "clerk_key_invalid".equals(reading(other, instance.key(), user)));
            Eventually.until(
                    "the token is refused", () -> "authentication_invalid".equals(reading(other, token, user)));
        }
    }

    private static JsonNode operator(ServiceProcess service, String operation, Map<String, Object> arguments) {
        return service.grpc().call(Instances.OPERATOR_TOKEN, operation, arguments);
    }

    private static String only(ServiceProcess service, String list, TestInstance instance) {
        return service.grpc()
                .list(Instances.OPERATOR_TOKEN, list, args("instance_id", instance.id()))
                .items()
                .getFirst()
                .get("id")
                .asText();
    }

    /** The code of the refusal; null: there is none. */
    private static @Nullable String reading(ServiceProcess service, String credential, String user) {
        try {
            service.grpc().call(credential, "GetUser", args("user_id", user));
            return null;
        } catch (Refused refused) {
            return refused.code();
        }
    }

    @Test
    void browsersOfNamedOriginsAreLetInAndOfNoOthers() {
        try (ServiceProcess service = ServiceProcess.start(
                database, Map.of("MEMBERSHIP_CORS_ORIGINS", "https://one.example,https://two.example"))) {
            assertThat(letIn(service, "https://one.example")).isEqualTo("https://one.example");
            assertThat(letIn(service, "https://two.example")).isEqualTo("https://two.example");
            assertThat(letIn(service, "https://three.example")).isNull();
        }
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            assertThat(letIn(service, "https://one.example")).isNull();
        }
    }

    @Test
    void aPageMayBeTracedAndReadsWhenToTryAgain() {
        try (ServiceProcess service =
                ServiceProcess.start(database, Map.of("MEMBERSHIP_CORS_ORIGINS", "https://one.example"))) {
            given().port(service.httpPort())
                    .header("Origin", "https://one.example")
                    .header("Access-Control-Request-Method", "POST")
                    .header("Access-Control-Request-Headers", "authorization,content-type,traceparent,tracestate")
                    .options("/graphql")
                    .then()
                    .header("Access-Control-Allow-Headers", containsString("traceparent"));
            given().port(service.httpPort())
                    .header("Origin", "https://one.example")
                    .post("/graphql")
                    .then()
                    .header("Access-Control-Expose-Headers", equalToIgnoringCase("Retry-After"));
        }
    }

    /** The origin that a browser is told it may call from, when it asks before it sends a query. */
    private static @Nullable String letIn(ServiceProcess service, String origin) {
        return given().port(service.httpPort())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type")
                .options("/graphql")
                .header("Access-Control-Allow-Origin");
    }

    @Test
    void oneConnectionIsEnough() {
        try (ServiceProcess service = ServiceProcess.start(database, Map.of("MEMBERSHIP_DB_POOL", "1"))) {
            TestInstance instance = service.instances().create();
            String organization = instance.organization(instance.user());

            JsonNode added =
                    instance.add(organization, instance.user(), "org:member", "a-transaction-of-several-statements");

            assertThat(added.get("organization").get("membersCount").asInt()).isEqualTo(2);
        }
    }
}
