package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.membership.service.support.Instances;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets come from files, as Kubernetes mounts them, and need not stand in the environment. */
class SecretFilesIT {
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
}
