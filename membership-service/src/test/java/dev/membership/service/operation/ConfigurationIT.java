package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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

    @Test
    void whatCannotBeSetStopsTheStartAllOfItNamed() {
        var wrong = Map.of(
                "MEMBERSHIP_MAX_CALLS", "0",
                "MEMBERSHIP_DB_POOL", "0",
                "MEMBERSHIP_GRPC_CALLS_PER_CONNECTION", "0",
                "MEMBERSHIP_GRPC_CONNECTION_AGE", "0S",
                "MEMBERSHIP_CREDENTIAL_CACHE", "-1S",
                "MEMBERSHIP_EVENTS_KEPT", "0S");

        var ended = ServiceProcess.runToEnd(database, wrong);

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.output()).contains(wrong.keySet()).doesNotContain("Exception");
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
