package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Answers;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Refused;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Roles and permissions, and the rules that hold while they change. */
@QuarkusTest
class RoleContractTest extends ContractTest {
    private static final String[] MINIMUM = {
        "org:sys_memberships:manage", "org:sys_memberships:read", "org:sys_profile:delete"
    };

    @ThroughEachDoor
    void anInstanceBeginsWithAdminAndMember(Via door) {
        JsonNode admin = call(door, "GetRole", "key", "org:admin");
        JsonNode member = call(door, "GetRole", "key", "org:member");

        assertThat(list(door, "ListRoles", "include_total", true).total()).isEqualTo(2);
        assertThat(list(door, "ListPermissions", "include_total", true).total()).isEqualTo(9);
        assertThat(admin.get("permissions")).hasSize(9);
        assertThat(admin.get("isCreatorEligible").asBoolean()).isTrue();
        assertThat(keys(member)).containsExactly("org:sys_billing:read", "org:sys_memberships:read");
        assertThat(member.get("isCreatorEligible").asBoolean()).isFalse();
    }

    @ThroughEachDoor
    void aRoleIsReadBackTheSameThroughBothDoors(Via door) {
        JsonNode created = call(
                door,
                "CreateRole",
                "name",
                "Editor",
                "key",
                "org:editor",
                "description",
                "Writes",
                "permissions",
                ids("org:sys_profile:manage"));

        assertThat(created.get("id").asText()).matches("role_[0-9A-Za-z]{27}");
        assertThat(created.get("key").asText()).isEqualTo("org:editor");
        assertThat(created.get("description").asText()).isEqualTo("Writes");
        assertThat(keys(created)).containsExactly("org:sys_profile:manage");
        for (Via reader : Via.values()) {
            assertThat(Answers.plain(
                            call(reader, "GetRole", "role_id", created.get("id").asText())))
                    .isEqualTo(Answers.plain(created));
            assertThat(Answers.plain(call(reader, "GetRole", "key", "org:editor")))
                    .isEqualTo(Answers.plain(created));
        }
    }

    @ThroughEachDoor
    void aRolesKeyIsUniqueAndHasItsForm(Via door) {
        assertThat(refused(door, "CreateRole", "name", "A", "key", "org:admin").code())
                .isEqualTo("form_identifier_exists");
        for (String key : List.of("admin", "org:", "org:A", "org:a-b", "org:a:b")) {
            Refused refused = refused(door, "CreateRole", "name", "A", "key", key);

            assertThat(refused).as(key).isNotNull();
            assertThat(refused.code()).as(key).isEqualTo("form_param_format_invalid");
            assertThat(refused.param()).isEqualTo("key");
        }
    }

    @ThroughEachDoor
    void anUpdateChangesWhatIsGivenAndReplacesPermissionsWhole(Via door) {
        String id = role(door, "org:editor", "org:sys_profile:manage", "org:sys_domains:read");

        JsonNode renamed = call(door, "UpdateRole", "role_id", id, "name", "New");
        JsonNode replaced =
                call(door, "UpdateRole", "role_id", id, "permissions", args("ids", ids("org:sys_billing:read")));
        JsonNode emptied = call(door, "UpdateRole", "role_id", id, "permissions", args("ids", List.of()));

        assertThat(renamed.get("name").asText()).isEqualTo("New");
        assertThat(renamed.get("permissions")).hasSize(2);
        assertThat(keys(replaced)).containsExactly("org:sys_billing:read");
        assertThat(replaced.get("name").asText()).isEqualTo("New");
        assertThat(emptied.get("permissions")).isEmpty();
    }

    @ThroughEachDoor
    void aRoleWithAnotherKeyKeepsItsMembers(Via door) {
        String id = role(door, "org:editor");
        String organization = instance.organization();
        String user = instance.member(organization, "org:editor");

        call(door, "UpdateRole", "role_id", id, "key", "org:author");

        assertThat(call(door, "GetMembership", "organization_id", organization, "user_id", user)
                        .get("role")
                        .asText())
                .isEqualTo("org:author");
    }

    @ThroughEachDoor
    void permissionsAreAssignedAndRemoved(Via door) {
        String id = role(door, "org:editor");
        String permission = permissionId("org:sys_domains:read");

        JsonNode with = call(door, "AssignPermission", "role_id", id, "permission_id", permission);
        Refused again = refused(door, "AssignPermission", "role_id", id, "permission_id", permission);
        JsonNode without = call(door, "RemovePermission", "role_id", id, "permission_id", permission);
        Refused absent = refused(door, "RemovePermission", "role_id", id, "permission_id", permission);

        assertThat(keys(with)).containsExactly("org:sys_domains:read");
        assertThat(again.code()).isEqualTo("organization_role_permission_association_exists");
        assertThat(without.get("permissions")).isEmpty();
        assertThat(absent.code()).isEqualTo("organization_role_permission_association_not_found");
    }

    @ThroughEachDoor
    void membersHaveARolesNewPermissionAtOnce(Via door) {
        String id = role(door, "org:editor");
        String organization = instance.organization();
        String user = instance.member(organization, "org:editor");

        call(door, "AssignPermission", "role_id", id, "permission_id", permissionId("org:sys_domains:read"));

        assertThat(allowed(door, organization, user, "org:sys_domains:read")).isTrue();
        assertThat(allowed(door, organization, user, "org:sys_domains:manage")).isFalse();
    }

    @ThroughEachDoor
    void anUnknownPermissionIsNotFound(Via door) {
        String id = role(door, "org:editor");

        assertThat(refused(door, "AssignPermission", "role_id", id, "permission_id", "perm_none")
                        .meta())
                .containsEntry("resource", "permission");
        assertThat(refused(door, "CreateRole", "name", "A", "key", "org:a", "permissions", List.of("perm_none"))
                        .meta())
                .containsEntry("resource", "permission")
                .containsEntry("param_name", "permissions");
    }

    @ThroughEachDoor
    void aRoleNamesNoPermissionTwiceAndAtMost100(Via door) {
        String permission = permissionId("org:sys_domains:read");

        assertThat(refused(
                                door,
                                "CreateRole",
                                "name",
                                "A",
                                "key",
                                "org:a",
                                "permissions",
                                List.of(permission, permission))
                        .code())
                .isEqualTo("form_param_duplicate");
        assertThat(refused(
                                door,
                                "CreateRole",
                                "name",
                                "A",
                                "key",
                                "org:a",
                                "permissions",
                                Collections.nCopies(101, permission))
                        .code())
                .isEqualTo("form_param_array_size_exceeded");
    }

    @ThroughEachDoor
    void anInstanceHasTenCustomRoles(Via door) {
        for (int i = 0; i < 10; i++) {
            role(door, "org:custom" + i);
        }

        Refused refused = refused(door, "CreateRole", "name", "A", "key", "org:more");

        assertThat(refused.code()).isEqualTo("organization_instance_roles_quota_exceeded");
        assertThat(refused.meta()).containsEntry("limit", "10");
    }

    @ThroughEachDoor
    void anUnusedRoleIsDeleted(Via door) {
        String id = role(door, "org:editor");

        JsonNode deleted = call(door, "DeleteRole", "role_id", id);

        assertThat(deleted.get("object").asText()).isEqualTo("role");
        assertThat(deleted.get("id").asText()).isEqualTo(id);
        assertThat(refused(door, "GetRole", "role_id", id).meta()).containsEntry("resource", "role");
    }

    @ThroughEachDoor
    void aRoleInUseIsNotDeleted(Via door) {
        String held = role(door, "org:editor");
        instance.member(instance.organization(), "org:editor");

        assertThat(refused(door, "DeleteRole", "role_id", held).code()).isEqualTo("organization_role_assigned_members");
        assertThat(refused(door, "DeleteRole", "role_id", roleId("org:admin")).code())
                .isEqualTo("organization_role_default_creator_role");
        assertThat(refused(door, "DeleteRole", "role_id", roleId("org:member")).code())
                .isEqualTo("organization_role_domain_default_role");
    }

    @ThroughEachDoor
    void theCreatorsRoleKeepsTheMinimumPermissions(Via door) {
        String admin = roleId("org:admin");

        for (String key : MINIMUM) {
            Refused refused = refused(door, "RemovePermission", "role_id", admin, "permission_id", permissionId(key));

            assertThat(refused).as(key).isNotNull();
            assertThat(refused.code()).as(key).isEqualTo("organization_missing_creator_role_permissions");
        }
        assertThat(refused(door, "UpdateRole", "role_id", admin, "permissions", args("ids", List.of()))
                        .code())
                .isEqualTo("organization_missing_creator_role_permissions");
        assertThat(refused(
                        door,
                        "RemovePermission",
                        "role_id",
                        admin,
                        "permission_id",
                        permissionId("org:sys_billing:manage")))
                .isNull();
    }

    @ThroughEachDoor
    void textsAreOfABoundedLength(Via door) {
        longest("key", 64, "org:", text -> refused(door, "CreateRole", "name", "R", "key", text));
        longest("key", 128, "org:p:", text -> refused(door, "CreatePermission", "name", "P", "key", text));
        Map.of("CreateRole", "org:r", "CreatePermission", "org:p:p").forEach((operation, key) -> {
            longest("name", 256, "", text -> refused(door, operation, "name", text, "key", Instances.unique(key)));
            longest(
                    "description",
                    1_024,
                    "",
                    text -> refused(door, operation, "name", "N", "key", Instances.unique(key), "description", text));
        });
    }

    @ThroughEachDoor
    void aRoleIsNotWeakenedWhereItsHolderIsTheLast(Via door) {
        String second = role(door, "org:second", MINIMUM);
        String organization = instance.organization();
        instance.member(organization, "org:second");

        Refused removed = refused(
                door, "RemovePermission", "role_id", second, "permission_id", permissionId("org:sys_memberships:read"));
        Refused replaced = refused(door, "UpdateRole", "role_id", second, "permissions", args("ids", List.of()));

        assertThat(removed.code()).isEqualTo("organization_minimum_permissions_needed");
        assertThat(replaced.code()).isEqualTo("organization_minimum_permissions_needed");
        assertThat(keys(call(door, "GetRole", "role_id", second))).containsExactly(MINIMUM);
    }

    /** One whose members are still being removed: nobody could give it another holder. */
    @ThroughEachDoor
    void aRoleIsWeakenedThoughADeletedOrganizationHasNoOtherHolder(Via door) {
        String second = role(door, "org:second", MINIMUM);
        String organization = instance.organization();
        instance.member(organization, "org:second");
        TestDatabase.execute(
                "UPDATE organization_counter SET closed = true WHERE organization_id = '" + organization + "'");

        assertThat(refused(door, "UpdateRole", "role_id", second, "permissions", args("ids", List.of())))
                .isNull();
    }

    @ThroughEachDoor
    void aRoleIsWeakenedWhereAnotherHolderStays(Via door) {
        String second = role(door, "org:second", MINIMUM);
        String organization = instance.organization();
        instance.member(organization, "org:second");
        instance.member(organization, "org:admin");

        assertThat(keys(call(
                        door,
                        "RemovePermission",
                        "role_id",
                        second,
                        "permission_id",
                        permissionId("org:sys_profile:delete"))))
                .containsExactly("org:sys_memberships:manage", "org:sys_memberships:read");
        assertThat(instance.read(organization)
                        .get("missingMemberWithElevatedPermissions")
                        .asBoolean())
                .isFalse();
    }

    @ThroughEachDoor
    void aRoleThatIsStrengthenedEndsTheLackOfAnAdministrator(Via door) {
        String second = role(door, "org:second");
        String organization = instance.organization();
        instance.member(organization, "org:second");

        call(door, "UpdateRole", "role_id", second, "permissions", args("ids", ids(MINIMUM)));

        assertThat(instance.read(organization)
                        .get("missingMemberWithElevatedPermissions")
                        .asBoolean())
                .isFalse();
    }

    @ThroughEachDoor
    void aPermissionIsReadBackTheSameThroughBothDoors(Via door) {
        JsonNode created = call(
                door, "CreatePermission", "name", "Pay", "key", "org:invoices:pay", "description", "Pays invoices");

        assertThat(created.get("id").asText()).matches("perm_[0-9A-Za-z]{27}");
        assertThat(created.get("type").asText()).isEqualTo("user");
        assertThat(call(door, "GetPermission", "key", "org:sys_domains:read")
                        .get("type")
                        .asText())
                .isEqualTo("system");
        for (Via reader : Via.values()) {
            assertThat(Answers.plain(call(reader, "GetPermission", "key", "org:invoices:pay")))
                    .isEqualTo(Answers.plain(created));
        }
    }

    @ThroughEachDoor
    void aPermissionsKeyIsUniqueAndHasItsForm(Via door) {
        call(door, "CreatePermission", "name", "Pay", "key", "org:invoices:pay");

        assertThat(refused(door, "CreatePermission", "name", "P", "key", "org:invoices:pay")
                        .code())
                .isEqualTo("form_identifier_exists");
        assertThat(refused(door, "CreatePermission", "name", "P", "key", "org:invoices")
                        .code())
                .isEqualTo("form_param_format_invalid");
        assertThat(refused(door, "CreatePermission", "name", "P", "key", "org:sys_x:y")
                        .code())
                .isEqualTo("form_param_value_invalid");
    }

    @ThroughEachDoor
    void aRenamedPermissionIsRenamedInItsRoles(Via door) {
        String permission = call(door, "CreatePermission", "name", "Pay", "key", "org:invoices:pay")
                .get("id")
                .asText();
        String id = role(door, "org:payer", "org:invoices:pay");
        String organization = instance.organization();
        String user = instance.member(organization, "org:payer");
        JsonNode before = call(door, "GetRole", "role_id", id);
        long last = lastEvent();

        call(door, "UpdatePermission", "permission_id", permission, "key", "org:invoices:settle");

        assertChangedOnce(door, before, last);
        assertThat(keys(call(door, "GetRole", "role_id", id))).containsExactly("org:invoices:settle");
        assertThat(allowed(door, organization, user, "org:invoices:settle")).isTrue();
        assertThat(allowed(door, organization, user, "org:invoices:pay")).isFalse();
    }

    @ThroughEachDoor
    void aDeletedPermissionIsTakenFromItsRoles(Via door) {
        String permission = call(door, "CreatePermission", "name", "Pay", "key", "org:invoices:pay")
                .get("id")
                .asText();
        String id = role(door, "org:payer", "org:invoices:pay");
        JsonNode before = call(door, "GetRole", "role_id", id);
        long last = lastEvent();

        JsonNode deleted = call(door, "DeletePermission", "permission_id", permission);

        assertChangedOnce(door, before, last);
        assertThat(deleted.get("object").asText()).isEqualTo("permission");
        assertThat(call(door, "GetRole", "role_id", id).get("permissions")).isEmpty();
    }

    /** Whoever read the role before cannot change it by what it was then, and who follows the events hears of it. */
    private void assertChangedOnce(Via door, JsonNode role, long sinceEvent) {
        String id = role.get("id").asText();
        JsonNode now = call(door, "GetRole", "role_id", id);
        assertThat(now.get("etag")).isNotEqualTo(role.get("etag"));
        assertThat(now.get("updatedAt")).isNotEqualTo(role.get("updatedAt"));
        assertThat(refused(
                                door,
                                "UpdateRole",
                                "role_id",
                                id,
                                "name",
                                "N",
                                "etag",
                                role.get("etag").asText())
                        .code())
                .isEqualTo("conflict");
        assertThat(eventsSince(sinceEvent))
                .filteredOn(event -> event.type().equals("role.updated"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.resourceId()).isEqualTo(id);
                    assertThat(event.before().get("permissions").toString()).contains("org:invoices:pay");
                    assertThat(event.after().get("permissions").toString()).doesNotContain("org:invoices:pay");
                });
    }

    @ThroughEachDoor
    void systemPermissionsStayAsTheyAre(Via door) {
        String system = permissionId("org:sys_billing:read");

        assertThat(refused(door, "UpdatePermission", "permission_id", system, "name", "X")
                        .code())
                .isEqualTo("organization_system_permission_not_modifiable");
        assertThat(refused(door, "DeletePermission", "permission_id", system).code())
                .isEqualTo("organization_system_permission_not_modifiable");
    }

    @ThroughEachDoor
    void aChangeThatChangesNothingWritesNothing(Via door) {
        JsonNode permission =
                call(door, "CreatePermission", "name", "Read", "key", "org:bill:read", "description", "Bills");
        String permissionId = permission.get("id").asText();
        String other = permissionId("org:sys_profile:manage");
        JsonNode role = call(
                door, "CreateRole", "name", "Clerk", "key", "org:clerk", "permissions", List.of(permissionId, other));
        String roleId = role.get("id").asText();
        long last = lastEvent();

        JsonNode sameRole = call(
                door,
                "UpdateRole",
                "role_id",
                roleId,
                "name",
                "Clerk",
                "key",
                "org:clerk",
                "permissions",
                args("ids", List.of(other, permissionId)));
        JsonNode samePermission = call(
                door,
                "UpdatePermission",
                "permission_id",
                permissionId,
                "name",
                "Read",
                "key",
                "org:bill:read",
                "description",
                "Bills");

        assertThat(sameRole).isEqualTo(role);
        assertThat(samePermission).isEqualTo(permission);
        assertThat(eventsSince(last)).isEmpty();
    }

    @ThroughEachDoor
    void aChangeWithAStaleEtagIsRefused(Via door) {
        String id = role(door, "org:editor");
        String etag = call(door, "GetRole", "role_id", id).get("etag").asText();
        call(door, "UpdateRole", "role_id", id, "name", "First", "etag", etag);

        assertThat(refused(door, "UpdateRole", "role_id", id, "name", "Second", "etag", etag)
                        .code())
                .isEqualTo("conflict");
        assertThat(refused(door, "DeleteRole", "role_id", id, "etag", etag).code())
                .isEqualTo("conflict");
    }

    @ThroughEachDoor
    void listsHaveOrdersFiltersAndPages(Via door) {
        role(door, "org:zed_1");
        role(door, "org:editor");

        assertThat(Answers.texts(list(door, "ListRoles", "order_by", "key").items(), "/key"))
                .containsExactly("org:admin", "org:editor", "org:member", "org:zed_1");
        assertThat(Answers.texts(list(door, "ListRoles", "order_by", "-name").items(), "/key"))
                .containsExactly("org:zed_1", "org:editor", "org:member", "org:admin");
        assertThat(Answers.texts(
                        list(door, "ListRoles", "order_by", "-created_at").items(), "/key"))
                .startsWith("org:editor", "org:zed_1");
        assertThat(Answers.texts(list(door, "ListRoles", "query", "D_1").items(), "/key"))
                .containsExactly("org:zed_1");
        assertThat(Answers.texts(
                        list(door, "ListRoles", "query", roleId("org:admin")).items(), "/key"))
                .containsExactly("org:admin");
        assertThat(list(door, "ListPermissions", "query", "%").items()).isEmpty();
        assertThat(pages(door, "ListPermissions", "order_by", "key", "page_size", 4).stream()
                        .flatMap(List::stream)
                        .map(permission -> permission.get("key").asText()))
                .hasSize(9)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    /** Its name is its key in lower case, so that both orders are known. */
    private String role(Via door, String key, String... permissions) {
        return call(
                        door,
                        "CreateRole",
                        "name",
                        key.equals("org:zed_1") ? "zz" : "n" + Instances.unique(""),
                        "key",
                        key,
                        "permissions",
                        ids(permissions))
                .get("id")
                .asText();
    }

    private List<String> ids(String... keys) {
        return Stream.of(keys).map(this::permissionId).toList();
    }

    private boolean allowed(Via door, String organization, String user, String permission) {
        return call(door, "CheckPermission", "organization_id", organization, "user_id", user, "permission", permission)
                .get("allowed")
                .asBoolean();
    }

    private static List<String> keys(JsonNode role) {
        return Answers.texts(
                java.util.stream.StreamSupport.stream(role.get("permissions").spliterator(), false)
                        .toList(),
                "/key");
    }
}
