package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Answers;
import dev.membership.service.support.GrpcDoor;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Issuer;
import dev.membership.service.support.Refused;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A mutation that is sent again under its request id is made once and answered alike. */
@QuarkusTest
class RequestIdContractTest extends ContractTest {
    private final String requestId = Instances.unique("request");

    /** Arguments for each operation that takes a request id, on things of their own. */
    private final Map<String, Supplier<Map<String, Object>>> mutations = Map.ofEntries(
            Map.entry("CreateOrganization", () -> args("name", "Acme", "public_metadata", args("b", 1, "a", 2))),
            Map.entry("UpdateOrganization", () -> args("organization_id", instance.organization(), "name", "New")),
            Map.entry(
                    "UpdateOrganizationMetadata",
                    () -> args("organization_id", instance.organization(), "public_metadata", args("k", 1))),
            Map.entry(
                    "ReplaceOrganizationMetadata",
                    () -> args("organization_id", instance.organization(), "private_metadata", args("k", 1))),
            Map.entry("DeleteOrganization", () -> args("organization_id", instance.organization())),
            Map.entry(
                    "CreateMembership",
                    () -> args(
                            "organization_id",
                            instance.organization(),
                            "user_id",
                            instance.user(),
                            "role",
                            "org:member")),
            Map.entry("UpdateMembership", () -> membership("role", "org:admin")),
            Map.entry("UpdateMembershipMetadata", () -> membership("public_metadata", args("k", 1))),
            Map.entry("DeleteMembership", () -> membership("allow_missing", false)),
            Map.entry("CreateRole", () -> args("name", "R", "key", Instances.unique("org:r"))),
            Map.entry("UpdateRole", () -> args("role_id", role(), "name", "New")),
            Map.entry("DeleteRole", () -> args("role_id", role())),
            Map.entry(
                    "AssignPermission",
                    () -> args("role_id", role(), "permission_id", permissionId("org:sys_domains:read"))),
            Map.entry("RemovePermission", () -> {
                Map<String, Object> both =
                        args("role_id", role(), "permission_id", permissionId("org:sys_domains:read"));
                grpc().call(instance.key(), "AssignPermission", both);
                return both;
            }),
            Map.entry("CreatePermission", () -> args("name", "P", "key", Instances.unique("org:p:"))),
            Map.entry("UpdatePermission", () -> args("permission_id", permission(), "name", "New")),
            Map.entry("DeletePermission", () -> args("permission_id", permission())),
            Map.entry("CreateUser", () -> args("fields", args("first_name", "Ada"))),
            Map.entry("UpdateUser", () -> args("user_id", instance.user(), "fields", args("first_name", "New"))),
            Map.entry("DeleteUser", () -> args("user_id", instance.user())),
            Map.entry("UpsertUser", () -> args("fields", args("external_id", Instances.unique("x")))),
            Map.entry("UpdateOrganizationSettings", () -> args("max_allowed_memberships", 99)));

    @Test
    void everyMutationWithARequestIdIsTriedHere() {
        Set<String> taking = new TreeSet<>();
        GrpcDoor.methods().forEach((name, method) -> {
            if (method.getInputType().findFieldByName("request_id") != null && !GrpcDoor.isOfOperator(method)) {
                taking.add(name);
            }
        });

        assertThat(mutations).containsOnlyKeys(taking);
    }

    @ThroughEachDoor
    void aRepetitionGetsTheSameAnswerAndNothingIsWrittenTwice(Via door) {
        mutations.forEach((operation, arguments) -> {
            Map<String, Object> request = arguments.get();
            request.put("request_id", Instances.unique("request"));
            JsonNode first = door.call(instance.key(), operation, request);
            long last = lastEvent();

            JsonNode second = door.call(instance.key(), operation, request);

            assertThat(second).as(operation).isEqualTo(first);
            assertThat(eventsSince(last)).as(operation).isEmpty();
        });
    }

    @ThroughEachDoor
    void aRepetitionAtTheOtherDoorIsARepetition(Via door) {
        mutations.forEach((operation, arguments) -> {
            Map<String, Object> request = arguments.get();
            request.put("request_id", Instances.unique("request"));
            JsonNode first = door.call(instance.key(), operation, request);
            long last = lastEvent();

            Object[] second = new Object[1];
            assertThatCode(() ->
                            second[0] = comparable(operation, door.other().call(instance.key(), operation, request)))
                    .as(operation)
                    .doesNotThrowAnyException();

            assertThat(second[0]).as(operation).isEqualTo(comparable(operation, first));
            assertThat(eventsSince(last)).as(operation).isEmpty();
        });
    }

    /** While replicas are replaced, old ones are asked for what new ones have answered, and those may know more fields. */
    @ThroughEachDoor
    void theAnswerOfALaterVersionIsRead(Via door) {
        Object[] request = {"name", "R", "key", Instances.unique("org:r"), "request_id", requestId};
        JsonNode first = call(door, "CreateRole", request);
        TestDatabase.execute(
                "UPDATE request_record SET response = response || '{\"added_later\": 1}' WHERE request_id = '"
                        + requestId + "'");

        assertThat(call(door, "CreateRole", request)).isEqualTo(first);
    }

    @ThroughEachDoor
    void otherArgumentsUnderTheSameIdAreRefused(Via door) {
        call(door, "CreateOrganization", "name", "One", "request_id", requestId);

        Refused other = refused(door, "CreateOrganization", "name", "Two", "request_id", requestId);
        Refused otherOperation =
                refused(door, "CreateUser", "fields", args("first_name", "One"), "request_id", requestId);

        assertThat(other.code()).isEqualTo("form_param_value_invalid");
        assertThat(other.param()).isEqualTo("request_id");
        assertThat(otherOperation.param()).isEqualTo("request_id");
        assertThat(list(door, "ListOrganizations").items()).hasSize(1);
    }

    /** Who takes everything away shall not be told that it is done. */
    @ThroughEachDoor
    void anEmptyListIsAnotherArgumentThanNone(Via door) {
        String role = role();
        call(door, "UpdateRole", "role_id", role, "name", "New", "request_id", requestId);
        String ofSettings = Instances.unique("request");
        call(door, "UpdateOrganizationSettings", "slug_disabled", false, "request_id", ofSettings);

        Refused permissions = refused(
                door,
                "UpdateRole",
                "role_id",
                role,
                "name",
                "New",
                "permissions",
                args("ids", List.of()),
                "request_id",
                requestId);
        Refused modes = refused(
                door,
                "UpdateOrganizationSettings",
                "slug_disabled",
                false,
                "domains_enrollment_modes",
                args("modes", List.of()),
                "request_id",
                ofSettings);

        assertThat(permissions).isNotNull().extracting(Refused::param).isEqualTo("request_id");
        assertThat(modes).isNotNull().extracting(Refused::param).isEqualTo("request_id");
    }

    @ThroughEachDoor
    void anotherCallersIdsAreItsOwn(Via door) {
        String other = instances().key(instance.id(), false, List.of());
        JsonNode mine = call(door, "CreateOrganization", "name", "Acme", "request_id", requestId);

        JsonNode theirs = door.call(other, "CreateOrganization", args("name", "Acme", "request_id", requestId));

        assertThat(theirs.get("id")).isNotEqualTo(mine.get("id"));
    }

    @ThroughEachDoor
    void aRefusalIsNotKept(Via door) {
        String user = instance.user();
        Object[] request = {
            "organization_id", instance.organization(), "user_id", user, "role", "org:late", "request_id", requestId
        };
        assertThat(refused(door, "CreateMembership", request).code()).isEqualTo("resource_not_found");
        call(door, "CreateRole", "name", "Late", "key", "org:late");

        assertThat(call(door, "CreateMembership", request).get("role").asText()).isEqualTo("org:late");
    }

    @ThroughEachDoor
    void anIdHasUpTo255Characters(Via door) {
        String longest = "r".repeat(255);

        assertThat(refused(door, "CreateOrganization", "name", "A", "request_id", longest))
                .isNull();
        Refused refused = refused(door, "CreateOrganization", "name", "A", "request_id", longest + "r");
        assertThat(refused.code()).isEqualTo("form_param_max_length_exceeded");
        assertThat(refused.param()).isEqualTo("request_id");
    }

    @ThroughEachDoor
    void aKeyThatEndedGetsNoKeptAnswer(Via door) {
        JsonNode created = grpc().call(
                        Instances.OPERATOR_TOKEN, "CreateSecretKey", args("instance_id", instance.id(), "name", "k"));
        String secret = created.get("secret").asText();
        Map<String, Object> request = args("name", "Acme", "request_id", requestId);
        door.call(secret, "CreateOrganization", request);
        grpc().call(
                        Instances.OPERATOR_TOKEN,
                        "RevokeSecretKey",
                        args(
                                "instance_id",
                                instance.id(),
                                "secret_key_id",
                                created.at("/key/id").asText()));

        assertThat(catchThrowableOfType(Refused.class, () -> door.call(secret, "CreateOrganization", request))
                        .code())
                .isEqualTo("clerk_key_invalid");
    }

    @ThroughEachDoor
    void aDeletionThatFoundNobodyIsRepeatedLikeAnyOther(Via door) {
        Object[] request = {
            "organization_id",
            instance.organization(),
            "user_id",
            instance.user(),
            "allow_missing",
            true,
            "request_id",
            requestId
        };

        assertThat(call(door, "DeleteMembership", request)).isEqualTo(call(door, "DeleteMembership", request));
    }

    @ThroughEachDoor
    void aUserWhoWasBannedGetsNoKeptAnswer(Via door) {
        String organization = instance.organization();
        String admin = instance.member(organization, "org:admin");
        String token = new Issuer().registered(grpc(), instance.id(), null).token(admin);
        Map<String, Object> request = args(
                "organization_id",
                organization,
                "user_id",
                instance.user(),
                "role",
                "org:member",
                "request_id",
                requestId);
        door.call(token, "CreateMembership", request);
        call(door, "UpdateUser", "user_id", admin, "fields", args("banned", true));

        assertThat(catchThrowableOfType(Refused.class, () -> door.call(token, "CreateMembership", request))
                        .code())
                .isEqualTo("user_banned");
    }

    @ThroughEachDoor
    void afterADayAnIdIsNew(Via door) {
        Object[] request = {"name", "Acme", "request_id", requestId};
        JsonNode first = call(door, "CreateOrganization", request);
        age("23 hours 50 minutes");
        assertThat(call(door, "CreateOrganization", request)).isEqualTo(first);
        age("11 minutes");

        JsonNode second = call(door, "CreateOrganization", request);

        assertThat(second.get("id")).isNotEqualTo(first.get("id"));
        assertThat(call(door, "CreateOrganization", request)).isEqualTo(second);
    }

    private void age(String by) {
        TestDatabase.execute("UPDATE request_record SET created_at = created_at - interval '" + by
                + "' WHERE request_id = '" + requestId + "'");
    }

    private static Object comparable(String operation, JsonNode answer) {
        return operation.endsWith("Membership") || operation.equals("UpdateMembershipMetadata")
                ? Answers.plainMembership(answer)
                : Answers.plain(answer);
    }

    private Map<String, Object> membership(String name, Object value) {
        String organization = instance.organization();
        return args(
                "organization_id", organization, "user_id", instance.member(organization, "org:member"), name, value);
    }

    /** One at a time: an instance has few. */
    private String role() {
        list(grpc(), "ListRoles", "query", "org:r", "page_size", 500)
                .items()
                .forEach(role ->
                        call(grpc(), "DeleteRole", "role_id", role.get("id").asText()));
        return call(grpc(), "CreateRole", "name", "R", "key", Instances.unique("org:r"))
                .get("id")
                .asText();
    }

    private String permission() {
        return call(grpc(), "CreatePermission", "name", "P", "key", Instances.unique("org:p:"))
                .get("id")
                .asText();
    }
}
