package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.TestDatabase;
import dev.membership.v1.CreateOrganizationRequest;
import dev.membership.v1.OrganizationServiceGrpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** Whoever has stopped waiting is not worked for. */
@QuarkusTest
class DeadlineTest extends DoorTest {
    private static final int CALLS = 50;

    private final TestInstance instance = instances().create();

    @Test
    void aCallWhoseDeadlineHasPassedDoesNothing() {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + instance.key());
        // As the wire has it: a client that knows its deadline has passed does not even send.
        headers.put(Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER), "1n");
        var late = OrganizationServiceGrpc.newBlockingStub(grpc().channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));

        for (int i = 0; i < CALLS; i++) {
            CreateOrganizationRequest request = CreateOrganizationRequest.newBuilder()
                    .setName(Instances.unique("Late "))
                    .build();
            assertThatThrownBy(() -> late.createOrganization(request))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            failure -> assertThat(failure.getStatus().getCode())
                                    .isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.CANCELLED));
        }

        // Calls that have time, so that whatever the late ones might have begun is done.
        for (int i = 0; i < CALLS; i++) {
            grpc().call(instance.key(), "CreateOrganization", args("name", "In time"));
        }
        assertThat(TestDatabase.query("SELECT DISTINCT name FROM organization WHERE instance_id = ?", instance.id()))
                .extracting(row -> row.get("name"))
                .containsExactly("In time");
    }
}
