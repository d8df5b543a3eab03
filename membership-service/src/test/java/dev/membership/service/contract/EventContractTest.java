package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Consistency;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Issuer;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** Every change leaves its event, and a refused one leaves none. */
@QuarkusTest
class EventContractTest extends ContractTest {
    @AfterEach
    void eventsAgreeWithRows() {
        Consistency.check(instance.id());
    }

    @ThroughEachDoor
    void anOrganizationsLife(Via door) {
        String id = one(door, "organization.created", "CreateOrganization", args("name", "Acme"), null, "name:Acme");
        one(
                door,
                "organization.updated",
                "UpdateOrganization",
                args("organization_id", id, "name", "New"),
                "name:Acme",
                "name:New");
        one(
                door,
                "organization.updated",
                "UpdateOrganizationMetadata",
                args("organization_id", id, "public_metadata", args("k", "v")),
                "public_metadata:{}",
                "public_metadata:{\"k\":\"v\"}");
        one(
                door,
                "organization.updated",
                "ReplaceOrganizationMetadata",
                args("organization_id", id, "private_metadata", args("s", "t")),
                "private_metadata:{}",
                "private_metadata:{\"s\":\"t\"}");
        one(door, "organization.deleted", "DeleteOrganization", args("organization_id", id), "name:New", null);
    }

    @ThroughEachDoor
    void aMembershipsLife(Via door) {
        String organization = instance.organization();
        Map<String, Object> key = args("organization_id", organization, "user_id", instance.user());
        one(
                door,
                "organizationMembership.created",
                "CreateMembership",
                with(key, "role", "org:member"),
                null,
                "public_metadata:{}");
        one(
                door,
                "organizationMembership.updated",
                "UpdateMembershipMetadata",
                with(key, "public_metadata", args("k", "v")),
                "public_metadata:{}",
                "public_metadata:{\"k\":\"v\"}");
        one(
                door,
                "organizationMembership.updated",
                "UpdateMembership",
                with(key, "role", "org:admin"),
                "version:1",
                "version:2");
        call(
                door,
                "CreateMembership",
                "organization_id",
                organization,
                "user_id",
                instance.user(),
                "role",
                "org:admin");
        one(door, "organizationMembership.deleted", "DeleteMembership", key, "version:2", null);
    }

    @ThroughEachDoor
    void anEventCarriesRoleUserAndOrganization(Via door) {
        String organization = instance.organization();
        String user = instance.user();
        long last = lastEvent();

        call(door, "CreateMembership", "organization_id", organization, "user_id", user, "role", "org:admin");

        assertThat(eventsSince(last).getFirst().requestId())
                .as("without a request id")
                .isNull();
        JsonNode after = eventsSince(last).getFirst().after();
        assertThat(after.at("/role/key").asText()).isEqualTo("org:admin");
        assertThat(after.at("/user/user_id").asText()).isEqualTo(user);
        assertThat(after.at("/organization/id").asText()).isEqualTo(organization);
        assertThat(after.at("/organization/members_count").asInt()).isEqualTo(1);
        assertThat(after.has("private_metadata")).isTrue();
    }

    @ThroughEachDoor
    void aCreatorIsAMemberByAnEventOfItsOwn(Via door) {
        String user = instance.user();
        long last = lastEvent();

        call(door, "CreateOrganization", "name", "Acme", "created_by", user);

        assertThat(eventsSince(last))
                .extracting(Event::type, Event::sequence)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("organization.created", 1L),
                        org.assertj.core.groups.Tuple.tuple("organizationMembership.created", 2L));
    }

    @ThroughEachDoor
    void anOrganizationsEventsAreNumberedWithoutGaps(Via door) {
        String organization = instance.organization();
        String user = instance.member(organization, "org:member");
        call(door, "UpdateOrganization", "organization_id", organization, "name", "New");
        refused(door, "UpdateOrganization", "organization_id", organization, "slug", "Not A Slug");
        refused(door, "UpdateMembership", "organization_id", organization, "user_id", user, "role", "org:none");
        call(door, "DeleteMembership", "organization_id", organization, "user_id", user);

        assertThat(TestDatabase.query(
                        "SELECT organization_sequence FROM outbox_event WHERE organization_id = ? ORDER BY id",
                        organization))
                .extracting(row -> row.get("organization_sequence"))
                .containsExactly(1L, 2L, 3L, 4L);
    }

    @ThroughEachDoor
    void aUsersLife(Via door) {
        String id =
                one(door, "user.created", "CreateUser", args("fields", args("first_name", "A")), null, "first_name:A");
        one(
                door,
                "user.updated",
                "UpdateUser",
                args("user_id", id, "fields", args("first_name", "B")),
                "first_name:A",
                "first_name:B");
        one(door, "user.deleted", "DeleteUser", args("user_id", id), "first_name:B", null);
        one(
                door,
                "user.created",
                "UpsertUser",
                args("fields", args("external_id", "x", "first_name", "C")),
                null,
                "first_name:C");
        one(
                door,
                "user.updated",
                "UpsertUser",
                args("fields", args("external_id", "x", "first_name", "D")),
                "first_name:C",
                "first_name:D");
    }

    @ThroughEachDoor
    void anImportLeavesAnEventForEachRowThatChangedSomething(Via door) {
        long last = lastEvent();

        call(
                door,
                "ImportUsers",
                "users",
                List.of(
                        args("fields", args("external_id", "a", "first_name", "A")),
                        args("fields", args("email_address", "nobody")),
                        args("fields", args("external_id", "a", "first_name", "B")),
                        args("fields", args("external_id", "a", "first_name", "B"))));

        assertThat(eventsSince(last))
                .extracting(Event::type, Event::operation)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("user.created", "ImportUsers"),
                        org.assertj.core.groups.Tuple.tuple("user.updated", "ImportUsers"));
    }

    @ThroughEachDoor
    void aRolesAndAPermissionsLife(Via door) {
        String permission = one(
                door,
                "permission.created",
                "CreatePermission",
                args("name", "P", "key", "org:a:b"),
                null,
                "key:org:a:b");
        one(
                door,
                "permission.updated",
                "UpdatePermission",
                args("permission_id", permission, "name", "Q"),
                "name:P",
                "name:Q");
        String role = one(door, "role.created", "CreateRole", args("name", "R", "key", "org:r"), null, "name:R");
        one(door, "role.updated", "UpdateRole", args("role_id", role, "name", "S"), "name:R", "name:S");
        Map<String, Object> both = args("role_id", role, "permission_id", permission);
        one(door, "role.updated", "AssignPermission", both, "permissions:[]", "name:S");
        one(door, "role.updated", "RemovePermission", both, "name:S", "permissions:[]");
        one(door, "role.deleted", "DeleteRole", args("role_id", role), "name:S", null);
        one(door, "permission.deleted", "DeletePermission", args("permission_id", permission), "name:Q", null);
    }

    @ThroughEachDoor
    void aRefusedChangeLeavesNone(Via door) {
        String organization = instance.organization();
        String admin = instance.member(organization, "org:admin");
        long last = lastEvent();

        refused(door, "CreateMembership", "organization_id", organization, "user_id", admin, "role", "org:admin");
        refused(door, "DeleteMembership", "organization_id", organization, "user_id", admin);
        refused(door, "CreateOrganization", "name", "");
        refused(door, "CreateRole", "name", "A", "key", "org:admin");

        assertThat(eventsSince(last)).isEmpty();
    }

    @ThroughEachDoor
    void aUserIsNamedAsTheActor(Via door) {
        Issuer issuer = new Issuer().registered(grpc(), instance.id(), null);
        String user = instance.user();
        String organization = instance.organization(user);
        long last = lastEvent();

        door.call(issuer.token(user), "UpdateOrganization", args("organization_id", organization, "name", "By a user"));

        Event event = eventsSince(last).getFirst();
        assertThat(event.actorType()).isEqualTo("user");
        assertThat(event.actorId()).isEqualTo(user);
    }

    /**
     * Makes one change and looks at its one event.
     *
     * @param before a field of what was and its value, after a colon; null: it was not there
     * @return the resource's id
     */
    private String one(
            Via door, String type, String operation, Map<String, Object> arguments, String before, String after) {
        long last = lastEvent();
        String requestId = Instances.unique("request");
        door.call(instance.key(), operation, with(arguments, "request_id", requestId));
        List<Event> events = eventsSince(last);

        assertThat(events).as(operation).hasSize(1);
        Event event = events.getFirst();
        assertThat(event.type()).isEqualTo(type);
        assertThat(event.operation()).isEqualTo(operation);
        assertThat(event.requestId()).isEqualTo(requestId);
        assertThat(event.actorType()).isEqualTo("secret_key");
        assertThat(event.actorId()).startsWith("key_");
        state(operation + " before", event.before(), before);
        state(operation + " after", event.after(), after);
        return event.resourceId();
    }

    private static void state(String description, JsonNode state, String expected) {
        if (expected == null) {
            assertThat(state).as(description).isNull();
            return;
        }
        String field = expected.substring(0, expected.indexOf(':'));
        JsonNode value = state.get(field);
        assertThat(value.isContainerNode() ? value.toString() : value.asText())
                .as(description)
                .isEqualTo(expected.substring(field.length() + 1));
    }

    private static Map<String, Object> with(Map<String, Object> arguments, String name, Object value) {
        Map<String, Object> more = new java.util.LinkedHashMap<>(arguments);
        more.put(name, value);
        return more;
    }
}
