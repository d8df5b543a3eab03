package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Empty;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import dev.membership.service.support.GrpcDoor;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Issuer;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import dev.membership.v1.CreateOrganizationRequest;
import dev.membership.v1.ImportUsersRequest;
import dev.membership.v1.ImportUsersResponse;
import dev.membership.v1.ListUsersRequest;
import dev.membership.v1.MutinyUserServiceGrpc;
import dev.membership.v1.UpdateOrganizationMetadataRequest;
import dev.membership.v1.UserFields;
import dev.membership.v1.UserFilter;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.operators.multi.processors.UnicastProcessor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gRPC door answers to messages that are not as they should be, and what no door may keep. */
@QuarkusTest
class GrpcInputTest extends ContractTest {
    private final String organization = instance.organization();

    @Test
    void bytesThatAreNoProtobufAreRefusedByEveryMethod() {
        GrpcDoor.methods().values().stream()
                .filter(method -> !method.isClientStreaming())
                .forEach(method -> {
                    StatusRuntimeException status =
                            raw(method.getService().getFullName() + "/" + method.getName(), instance.key(), new byte[] {
                                (byte) 0xff, (byte) 0xff, 1, 2, 3
                            });

                    assertThat(status).as(method.getName()).isNotNull();
                    assertThat(status.getStatus().getCode())
                            .as(method.getName())
                            .isEqualTo(Status.Code.INVALID_ARGUMENT);
                    assertThat(((Refused) GrpcDoor.refused(status)).code()).isEqualTo("request_body_invalid");
                });
    }

    @Test
    void whoSendsGarbageIsAskedForItsCredentialFirst() {
        StatusRuntimeException status =
                raw("membership.v1.UserService/GetUser", "sk_none", new byte[] {(byte) 0xff, (byte) 0xff});

        assertThat(status.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void anEmptyRequestIsAnsweredByEveryMethod() {
        GrpcDoor.methods().values().stream()
                .filter(method -> !method.isClientStreaming())
                .filter(method -> !method.getName().equals("UpdateOrganizationSettings"))
                .forEach(method -> {
                    String credential = GrpcDoor.isOfOperator(method) ? Instances.OPERATOR_TOKEN : instance.key();
                    StatusRuntimeException status =
                            raw(method.getService().getFullName() + "/" + method.getName(), credential, new byte[0]);

                    boolean readable = method.getName().startsWith("List")
                            || method.getName().endsWith("Settings")
                            // A user needs no field at all.
                            || method.getName().equals("CreateUser");
                    assertThat(
                                    status == null
                                            ? "answered"
                                            : status.getStatus().getCode().name())
                            .as(method.getName())
                            .isIn(readable ? List.of("answered", "INVALID_ARGUMENT") : List.of("INVALID_ARGUMENT"));
                });
    }

    @Test
    void anUnknownFieldIsRefusedWhereverItStands() {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(77, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();

        Refused outer = sent(
                "CreateOrganization",
                CreateOrganizationRequest.newBuilder()
                        .setName("Acme")
                        .setUnknownFields(unknown)
                        .build());
        Refused inner = sent(
                "ListUsers",
                ListUsersRequest.newBuilder()
                        .setFilter(UserFilter.newBuilder().setUnknownFields(unknown))
                        .build());

        assertThat(outer.code()).isEqualTo("form_param_unknown");
        assertThat(outer.param()).isEqualTo("field 77");
        assertThat(inner.code()).isEqualTo("form_param_unknown");
    }

    @Test
    void whoMayNotImportIsToldSoEvenIfNoRowCanBeRead() {
        var method = GrpcDoor.methods().get("ImportUsers");
        DynamicMessage row = DynamicMessage.newBuilder(method.getInputType())
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                77,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build();
        String readOnly = instances().key(instance.id(), true, List.of());
        String user = new Issuer().registered(grpc(), instance.id(), null).token(instance.user());

        for (String credential : List.of(readOnly, user)) {
            Refused refused =
                    catchThrowableOfType(Refused.class, () -> grpc().stream(credential, method, List.of(row)));

            assertThat(refused.code()).isEqualTo("authorization_invalid");
            assertThat(refused).hasMessageContaining("PERMISSION_DENIED");
        }
    }

    @Test
    void aMessageOfTenMegabytesIsRefused() {
        StatusRuntimeException status = raw(
                "membership.v1.OrganizationService/CreateOrganization",
                instance.key(),
                CreateOrganizationRequest.newBuilder()
                        .setName("n".repeat(10 * 1024 * 1024))
                        .build()
                        .toByteArray());

        assertThat(status.getStatus().getCode()).isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED);
    }

    /** Which of them a client sees that still sends is not certain. */
    private static final String TOO_LARGE = "(?s).*(RESOURCE_EXHAUSTED|CANCELLED).*";

    /** Its client sends on while it is refused, and the stub closes the call once more. */
    @Test
    void aRowTooLargeBreaksItsImportAndNoOtherCallOfTheConnection() {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + instance.key());
        var users = MutinyUserServiceGrpc.newMutinyStub(grpc().channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        UnicastProcessor<ImportUsersRequest> rows = UnicastProcessor.create();
        var other = users.importUsers(rows).subscribeAsCompletionStage();
        rows.onNext(row("Ada"));

        for (int i = 0; i < 3; i++) {
            UnicastProcessor<ImportUsersRequest> tooLarge = UnicastProcessor.create();
            var broken = users.importUsers(tooLarge).subscribeAsCompletionStage();
            tooLarge.onNext(row("n".repeat(2 * 1024 * 1024)));
            assertThat(broken).failsWithin(10, SECONDS).withThrowableThat().withMessageMatching(TOO_LARGE);
        }
        rows.onComplete();

        assertThat(other)
                .succeedsWithin(10, SECONDS)
                .isEqualTo(ImportUsersResponse.newBuilder().setCreated(1).build());
    }

    private static ImportUsersRequest row(String firstName) {
        return ImportUsersRequest.newBuilder()
                .setFields(UserFields.newBuilder().setFirstName(firstName))
                .build();
    }

    @Test
    void anUnknownMethodIsUnimplemented() {
        for (String method : List.of("membership.v1.UserService/Nothing", "membership.v9.UserService/GetUser")) {
            assertThat(raw(method, instance.key(), new byte[0]).getStatus().getCode())
                    .isEqualTo(Status.Code.UNIMPLEMENTED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {33, 60, 500, 5_000})
    void metadataThatIsNestedTooDeeplyIsRefused(int depth) {
        Struct deep = Struct.getDefaultInstance();
        ByteString bytes = deep.toByteString();
        for (int i = 1; i < depth; i++) {
            // By bytes, because the builders would follow the whole depth each time.
            bytes = field(1, field(1, ByteString.copyFromUtf8("a")).concat(field(2, field(5, bytes))));
        }
        ByteString request = field(1, ByteString.copyFromUtf8(organization)).concat(field(2, bytes));

        StatusRuntimeException status = raw(
                "membership.v1.OrganizationService/UpdateOrganizationMetadata", instance.key(), request.toByteArray());

        assertThat(status).isNotNull();
        assertThat(status.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    /** A member's list carries it deepest: the clients' own readers must be able to follow. */
    @ThroughEachDoor
    void metadataThatIsAsDeepAsAllowedIsReadThroughBothDoors(Via door) {
        Map<String, Object> deep = args("a", 1);
        for (int i = 1; i < 32; i++) {
            deep = args("a", deep);
        }
        call(door, "UpdateOrganizationMetadata", "organization_id", organization, "public_metadata", deep);
        instance.member(organization, "org:member");

        for (Via reader : Via.values()) {
            assertThat(list(reader, "ListMemberships", "organization_id", organization)
                            .items()
                            .getFirst()
                            .at("/organization/publicMetadata" + "/a".repeat(32))
                            .asInt())
                    .isEqualTo(1);
        }
        assertThat(refused(
                                door,
                                "UpdateOrganizationMetadata",
                                "organization_id",
                                organization,
                                "public_metadata",
                                args("a", deep))
                        .code())
                .isIn("form_param_value_invalid", "request_body_invalid");
    }

    @Test
    void numbersThatJsonDoesNotKnowAreRefused() {
        for (double number : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            Refused refused = sent(
                    "UpdateOrganizationMetadata",
                    UpdateOrganizationMetadataRequest.newBuilder()
                            .setOrganizationId(organization)
                            .setPublicMetadata(Struct.newBuilder()
                                    .putFields(
                                            "n",
                                            Value.newBuilder()
                                                    .setNumberValue(number)
                                                    .build()))
                            .build());

            assertThat(refused.code()).isEqualTo("form_param_value_invalid");
            assertThat(refused.param()).isEqualTo("public_metadata");
        }
    }

    @Test
    void timesThatNoCalendarHasAreRefused() {
        for (Timestamp time : List.of(
                Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).build(),
                Timestamp.newBuilder().setSeconds(Long.MIN_VALUE).build(),
                Timestamp.newBuilder().setSeconds(253402300800L).build(),
                Timestamp.newBuilder().setSeconds(-62135596801L).build(),
                Timestamp.newBuilder().setSeconds(31556889864403199L).build())) {
            Refused created = sent(
                    "CreateOrganization",
                    CreateOrganizationRequest.newBuilder()
                            .setName("Acme")
                            .setCreatedAt(time)
                            .build());
            Refused filtered = sent(
                    "ListUsers",
                    ListUsersRequest.newBuilder()
                            .setFilter(UserFilter.newBuilder().setCreatedAtBefore(time))
                            .build());

            assertThat(created).as("%s", time).isNotNull();
            assertThat(created.code()).as("%s", time).isEqualTo("form_param_value_invalid");
            assertThat(filtered.param()).as("%s", time).isEqualTo("created_at_before");
        }
    }

    @ThroughEachDoor
    void timesOfTheFirstAndTheLastYearAreKept(Via door) {
        String user = call(
                        door,
                        "CreateUser",
                        "fields",
                        args("last_active_at", "9999-12-31T23:59:59.999999Z"),
                        "created_at",
                        "1583-01-01T00:00:00Z")
                .get("id")
                .asText();

        for (Via reader : Via.values()) {
            assertThat(call(reader, "GetUser", "user_id", user).get("createdAt").asText())
                    .isEqualTo("1583-01-01T00:00:00Z");
            assertThat(call(reader, "GetUser", "user_id", user)
                            .get("lastActiveAt")
                            .asText())
                    .isEqualTo("9999-12-31T23:59:59.999999Z");
        }
    }

    /** The refusal of a message that the test door's JSON form could not express. */
    private Refused sent(String operation, com.google.protobuf.Message request) {
        return catchThrowableOfType(
                Refused.class,
                () -> grpc().send(
                                instance.key(),
                                GrpcDoor.methods().get(operation),
                                DynamicMessage.newBuilder(Empty.getDescriptor())
                                        .setUnknownFields(UnknownFieldSet.parseFrom(request.toByteString()))
                                        .build()));
    }

    private static ByteString field(int number, ByteString value) {
        return UnknownFieldSet.newBuilder()
                .addField(
                        number,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(value)
                                .build())
                .build()
                .toByteString();
    }

    /** What a call with these very bytes ends with; null: an answer. */
    private static StatusRuntimeException raw(String method, String credential, byte[] bytes) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + credential);
        return catchThrowableOfType(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(
                        ClientInterceptors.intercept(
                                grpc().channel(), MetadataUtils.newAttachHeadersInterceptor(headers)),
                        MethodDescriptor.<byte[], byte[]>newBuilder()
                                .setType(MethodType.UNARY)
                                .setFullMethodName(method)
                                .setRequestMarshaller(new Bytes())
                                .setResponseMarshaller(new Bytes())
                                .build(),
                        CallOptions.DEFAULT,
                        bytes));
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
