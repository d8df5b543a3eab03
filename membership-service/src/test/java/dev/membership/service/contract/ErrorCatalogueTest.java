package dev.membership.service.contract;

import static dev.membership.domain.error.ErrorCode.*;
import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.Status;
import dev.membership.domain.error.ErrorCode;
import dev.membership.service.support.GrpcDoor;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Issuer;
import dev.membership.service.support.Refused;
import dev.membership.service.support.Via;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every code of the catalogue is met at every door that can answer with it, in that door's whole form. */
@QuarkusTest
class ErrorCatalogueTest extends ContractTest {
    /** Codes that a caller cannot bring about by what it sends, and why. */
    private static final Map<ErrorCode, String> NOT_FROM_OUTSIDE = Map.of(
            INTERNAL_ERROR, "a mistake of ours, so no call is known to lead to it",
            SERVICE_UNAVAILABLE, "the database has to be away",
            REQUEST_TIMEOUT, "it has to take longer than a client would",
            DEADLINE_EXCEEDED, "the database has to keep a call waiting for longer than a client would",
            TOO_MANY_REQUESTS, "the service has to be busy");

    /** Codes that one door cannot answer with, and why. */
    private static final Map<ErrorCode, Via> ONLY_VIA = Map.of(
            // Protobuf's Struct is always an object, and a value of another type than its field's an unknown field.
            FORM_PARAM_TYPE_INVALID, Via.GRAPHQL,
            // gRPC counts bytes before the message is ours, and answers RESOURCE_EXHAUSTED by itself.
            REQUEST_BODY_TOO_LARGE, Via.GRAPHQL);

    private final Map<ErrorCode, Consumer<Via>> provocations = new EnumMap<>(ErrorCode.class);
    private Issuer issuer;

    ErrorCatalogueTest() {
        callers();
        organizations();
        memberships();
        roles();
        input();
    }

    static Stream<Arguments> codesAndDoors() {
        return Arrays.stream(ErrorCode.values())
                .filter(code -> !NOT_FROM_OUTSIDE.containsKey(code))
                .flatMap(code -> Arrays.stream(Via.values())
                        .filter(door -> ONLY_VIA.getOrDefault(code, door) == door)
                        .map(door -> Arguments.of(code, door)));
    }

    @Test
    void everyCodeIsProvokedOrSaidToBeBeyondCallers() {
        Set<ErrorCode> known = EnumSet.copyOf(provocations.keySet());
        known.addAll(NOT_FROM_OUTSIDE.keySet());

        assertThat(known).containsExactlyInAnyOrder(ErrorCode.values());
    }

    @ParameterizedTest(name = "{0} via {1}")
    @MethodSource("codesAndDoors")
    void aRefusalHasItsWholeForm(ErrorCode code, Via door) {
        Refused refused =
                catchThrowableOfType(Refused.class, () -> provocations.get(code).accept(door));

        assertThat(refused).as("refusal").isNotNull();
        assertThat(refused.code()).as(refused.getMessage()).isEqualTo(code.code());
        assertThat(code.metaKeys())
                .as("meta keys of the catalogue")
                .containsAll(refused.meta().keySet());
        if (door == Via.GRPC) {
            details(code, refused);
        }
    }

    private static void details(ErrorCode code, Refused refused) {
        Status status = StatusProto.fromThrowable((StatusRuntimeException) refused.getCause());
        assertThat(io.grpc.Status.fromCodeValue(status.getCode()).getCode().name())
                .isEqualTo(code.status().name());
        ErrorInfo info = detail(status, ErrorInfo.class);
        assertThat(info.getReason()).isEqualTo(code.name());
        assertThat(info.getDomain()).isEqualTo("membership");
        if (code.status() == dev.membership.domain.error.Status.INVALID_ARGUMENT && refused.param() != null) {
            BadRequest.FieldViolation violation =
                    detail(status, BadRequest.class).getFieldViolations(0);
            assertThat(violation.getField()).isEqualTo(refused.param());
            assertThat(violation.getReason()).isEqualTo(code.name());
        }
        if (EnumSet.of(
                        ORGANIZATION_MEMBERSHIP_QUOTA_EXCEEDED,
                        ORGANIZATION_INSTANCE_ROLES_QUOTA_EXCEEDED,
                        ORG_CREATION_LIMIT_EXCEEDED)
                .contains(code)) {
            assertThat(detail(status, QuotaFailure.class).getViolations(0).getSubject())
                    .isEqualTo(code.code());
        }
    }

    private static <T extends com.google.protobuf.Message> T detail(Status status, Class<T> type) {
        for (Any detail : status.getDetailsList()) {
            if (detail.is(type)) {
                try {
                    return detail.unpack(type);
                } catch (InvalidProtocolBufferException unreadable) {
                    throw new IllegalStateException(unreadable);
                }
            }
        }
        throw new AssertionError("no " + type.getSimpleName() + " in " + status);
    }

    private void callers() {
        provocations.put(AUTHENTICATION_INVALID, door -> door.call("no.such.token", "ListRoles", args()));
        provocations.put(AUTHORIZATION_HEADER_FORMAT_INVALID, door -> door.call("", "ListRoles", args()));
        provocations.put(CLERK_KEY_INVALID, door -> door.call("sk_none", "ListRoles", args()));
        provocations.put(AUTHORIZATION_INVALID, door -> door.call(Instances.OPERATOR_TOKEN, "ListRoles", args()));
        provocations.put(USER_BANNED, door -> {
            String user = instance.user(args("first_name", "B", "banned", true));
            asUser(door, user, "GetOrganization", "organization_id", instance.organization());
        });
        provocations.put(MISSING_ORGANIZATION_PERMISSION, door -> {
            String organization = instance.organization();
            String member = instance.member(organization, "org:member");
            asUser(door, member, "UpdateOrganization", "organization_id", organization, "name", "New");
        });
        provocations.put(
                ORGANIZATION_NOT_FOUND_OR_UNAUTHORIZED,
                door -> asUser(door, instance.user(), "GetOrganization", "organization_id", instance.organization()));
    }

    private void organizations() {
        provocations.put(ORGANIZATION_NOT_ENABLED_IN_INSTANCE, door -> {
            call(door, "UpdateOrganizationSettings", "enabled", false);
            call(door, "CreateOrganization", "name", "Acme");
        });
        provocations.put(ORGANIZATION_SLUGS_DISABLED, door -> {
            call(door, "UpdateOrganizationSettings", "slug_disabled", true);
            call(door, "CreateOrganization", "name", "Acme", "slug", "acme");
        });
        provocations.put(
                ORGANIZATION_CREATOR_NOT_FOUND,
                door -> call(door, "CreateOrganization", "name", "Acme", "created_by", "user_none"));
        provocations.put(ORG_CREATION_LIMIT_EXCEEDED, door -> {
            String user = instance.user(args("create_organizations_limit", 1));
            instance.organization(user);
            call(door, "CreateOrganization", "name", "Acme", "created_by", user);
        });
        provocations.put(
                USER_CREATE_ORGANIZATION_NOT_ENABLED,
                door -> asUser(
                        door,
                        instance.user(args("create_organization_enabled", false)),
                        "CreateOrganization",
                        "name",
                        "Acme"));
        provocations.put(ORGANIZATION_ADMIN_DELETE_NOT_ENABLED, door -> {
            String admin = instance.user();
            String organization = instance.organization(admin);
            call(door, "UpdateOrganization", "organization_id", organization, "admin_delete_enabled", false);
            asUser(door, admin, "DeleteOrganization", "organization_id", organization);
        });
        provocations.put(ORGANIZATIONS_DISABLE_NOT_ALLOWED, door -> {
            instance.organization();
            call(door, "UpdateOrganizationSettings", "enabled", false);
        });
    }

    private void memberships() {
        provocations.put(ALREADY_A_MEMBER_IN_ORGANIZATION, door -> {
            String organization = instance.organization();
            add(door, organization, instance.member(organization, "org:member"));
        });
        provocations.put(ORGANIZATION_MEMBERSHIP_QUOTA_EXCEEDED, door -> {
            String organization = instance.organization();
            instance.member(organization, "org:member");
            call(door, "UpdateOrganization", "organization_id", organization, "max_allowed_memberships", 1);
            add(door, organization, instance.user());
        });
        provocations.put(ORGANIZATION_MINIMUM_PERMISSIONS_NEEDED, door -> {
            String admin = instance.user();
            String organization = instance.organization(admin);
            call(door, "DeleteMembership", "organization_id", organization, "user_id", admin);
        });
    }

    private void roles() {
        provocations.put(ORGANIZATION_INSTANCE_ROLES_QUOTA_EXCEEDED, door -> {
            for (int i = 0; i < 11; i++) {
                role(door, "org:r" + i);
            }
        });
        provocations.put(
                ORGANIZATION_ROLE_DEFAULT_CREATOR_ROLE,
                door -> call(door, "DeleteRole", "role_id", roleId("org:admin")));
        provocations.put(
                ORGANIZATION_ROLE_DOMAIN_DEFAULT_ROLE,
                door -> call(door, "DeleteRole", "role_id", roleId("org:member")));
        provocations.put(ORGANIZATION_ROLE_ASSIGNED_MEMBERS, door -> {
            String role = role(door, "org:held");
            instance.member(instance.organization(), "org:held");
            call(door, "DeleteRole", "role_id", role);
        });
        provocations.put(
                ORGANIZATION_MISSING_CREATOR_ROLE_PERMISSIONS,
                door -> call(door, "UpdateOrganizationSettings", "creator_role_id", roleId("org:member")));
        provocations.put(
                ORGANIZATION_ROLE_PERMISSION_ASSOCIATION_EXISTS,
                door -> call(
                        door,
                        "AssignPermission",
                        "role_id",
                        roleId("org:member"),
                        "permission_id",
                        permissionId("org:sys_billing:read")));
        provocations.put(
                ORGANIZATION_ROLE_PERMISSION_ASSOCIATION_NOT_FOUND,
                door -> call(
                        door,
                        "RemovePermission",
                        "role_id",
                        roleId("org:member"),
                        "permission_id",
                        permissionId("org:sys_billing:manage")));
        provocations.put(
                ORGANIZATION_SYSTEM_PERMISSION_NOT_MODIFIABLE,
                door -> call(door, "DeletePermission", "permission_id", permissionId("org:sys_billing:read")));
    }

    private void input() {
        provocations.put(RESOURCE_NOT_FOUND, door -> call(door, "GetUser", "user_id", "user_none"));
        provocations.put(
                CONFLICT,
                door -> call(
                        door, "UpdateOrganization", "organization_id", instance.organization(), "etag", "another"));
        provocations.put(FORM_PARAM_MISSING, door -> call(door, "CreateOrganization", "name", " "));
        provocations.put(
                FORM_PARAM_UNKNOWN,
                door -> asUser(
                        door, instance.user(), "CreateOrganization", "name", "Acme", "max_allowed_memberships", 3));
        provocations.put(
                FORM_PARAM_TYPE_INVALID,
                door -> call(door, "CreateOrganization", "name", "Acme", "public_metadata", List.of(1)));
        provocations.put(
                FORM_PARAM_VALUE_INVALID, door -> call(door, "CreateOrganization", "name", "http://example.com"));
        provocations.put(
                FORM_PARAM_FORMAT_INVALID, door -> call(door, "CreateOrganization", "name", "A", "slug", "A B"));
        provocations.put(
                FORM_PARAM_MAX_LENGTH_EXCEEDED, door -> call(door, "CreateOrganization", "name", "n".repeat(257)));
        provocations.put(
                FORM_PARAM_EXCEEDS_ALLOWED_SIZE,
                door -> call(door, "CreateOrganization", "name", "A", "public_metadata", args("k", "v".repeat(8192))));
        provocations.put(
                FORM_PARAM_ARRAY_SIZE_EXCEEDED,
                door -> list(door, "ListOrganizations", "user_id", Collections.nCopies(101, "user_x")));
        provocations.put(
                FORM_PARAM_DUPLICATE,
                door -> call(
                        door, "CreateRole", "name", "R", "key", "org:r", "permissions", List.of("perm_1", "perm_1")));
        provocations.put(
                FORM_DISALLOW_FUTURE_DATE,
                door -> call(door, "CreateOrganization", "name", "A", "created_at", "2999-01-01T00:00:00Z"));
        provocations.put(
                FORM_CONDITIONAL_PARAM_DISALLOWED,
                door -> list(door, "ListMemberships", "user_id", instance.user(), "filter", args("query", "x")));
        provocations.put(FORM_IDENTIFIER_EXISTS, door -> call(door, "CreateRole", "name", "A", "key", "org:admin"));
        provocations.put(
                BULK_SIZE_EXCEEDED,
                door -> call(door, "BatchGetUsers", "user_ids", Collections.nCopies(1001, "user_x")));
        provocations.put(REQUEST_BODY_INVALID, door -> {
            if (door == Via.GRPC) {
                // Text that is not UTF-8: the field "name" is made of its number and bytes.
                var method = GrpcDoor.methods().get("CreateOrganization");
                grpc().send(
                                instance.key(),
                                method,
                                DynamicMessage.newBuilder(com.google.protobuf.Empty.getDescriptor())
                                        .setUnknownFields(UnknownFieldSet.newBuilder()
                                                .addField(
                                                        1,
                                                        UnknownFieldSet.Field.newBuilder()
                                                                .addLengthDelimited(ByteString.copyFrom(
                                                                        new byte[] {(byte) 0xc3, (byte) 0x28}))
                                                                .build())
                                                .build())
                                        .build());
            } else {
                graphQl().send(instance.key(), "{ listRoles }", Map.of());
            }
        });
        provocations.put(REQUEST_BODY_TOO_LARGE, door -> {
            StringBuilder document = new StringBuilder("{");
            for (int i = 0; i < 600; i++) {
                document.append(" a").append(i).append(": listRoles { nodes { id } }");
            }
            graphQl().send(instance.key(), document.append("}").toString(), Map.of());
        });
    }

    private void asUser(Via door, String user, String operation, Object... arguments) {
        if (issuer == null) {
            issuer = new Issuer().registered(grpc(), instance.id(), null);
        }
        door.call(issuer.token(user), operation, args(arguments));
    }

    private void add(Via door, String organization, String user) {
        call(door, "CreateMembership", "organization_id", organization, "user_id", user, "role", "org:member");
    }

    private String role(Via door, String key) {
        return call(door, "CreateRole", "name", "R", "key", key).get("id").asText();
    }
}
