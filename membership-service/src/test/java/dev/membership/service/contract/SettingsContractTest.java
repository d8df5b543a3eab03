package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Answers;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;

/** An instance's settings, and what they do. */
@QuarkusTest
class SettingsContractTest extends ContractTest {
    @ThroughEachDoor
    void anInstanceBeginsWithTheDefaults(Via door) {
        // The tests' instances have no limit of members; everything else is as it was at first.
        assertThat(Answers.plain(call(door, "GetOrganizationSettings")))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("enabled", "true")
                .containsEntry("maxAllowedRoles", "10")
                .containsEntry("maxAllowedDomains", "10")
                .containsEntry("creatorRole", "org:admin")
                .containsEntry("adminDeleteEnabled", "true")
                .containsEntry("slugDisabled", "false")
                .containsEntry("domainsEnabled", "false")
                .containsEntry("domainsEnrollmentModes", List.of())
                .containsEntry("domainsDefaultRole", "org:member");
        assertThat(Answers.plain(call(door, "GetOrganizationSettings")))
                .isEqualTo(Answers.plain(call(door.other(), "GetOrganizationSettings")));
    }

    @ThroughEachDoor
    void anUpdateChangesWhatIsGiven(Via door) {
        String before = call(door, "GetOrganizationSettings").get("etag").asText();

        JsonNode updated = call(
                door,
                "UpdateOrganizationSettings",
                "max_allowed_memberships",
                7,
                "domains_enrollment_modes",
                args("modes", List.of("manual_invitation", "automatic_suggestion")));

        assertThat(updated.get("maxAllowedMemberships").asInt()).isEqualTo(7);
        assertThat(Answers.texts(updated.get("domainsEnrollmentModes")))
                .containsExactly("manual_invitation", "automatic_suggestion");
        assertThat(updated.get("creatorRole").asText()).isEqualTo("org:admin");
        assertThat(updated.get("etag").asText()).isNotEqualTo(before);
        assertThat(refused(door, "UpdateOrganizationSettings", "slug_disabled", true, "etag", before)
                        .code())
                .isEqualTo("conflict");
    }

    @ThroughEachDoor
    void aChangeThatChangesNothingWritesNothing(Via door) {
        Object[] asItIs = {
            "max_allowed_memberships",
            7,
            "slug_disabled",
            false,
            "domains_enrollment_modes",
            args("modes", List.of("automatic_suggestion", "manual_invitation"))
        };
        JsonNode before = call(door, "UpdateOrganizationSettings", asItIs);

        assertThat(call(door, "UpdateOrganizationSettings", asItIs)).isEqualTo(before);
        assertThat(call(door, "UpdateOrganizationSettings", "slug_disabled", true)
                        .get("etag"))
                .isNotEqualTo(before.get("etag"));
    }

    @ThroughEachDoor
    void organizationsTakeTheirDefaultsFromTheSettings(Via door) {
        call(door, "UpdateOrganizationSettings", "max_allowed_memberships", 3, "admin_delete_enabled", false);
        String id = instance.organization();
        call(door, "UpdateOrganizationSettings", "max_allowed_memberships", 4, "admin_delete_enabled", true);

        JsonNode organization = instance.read(id);

        assertThat(organization.get("maxAllowedMemberships").asInt()).isEqualTo(3);
        assertThat(organization.get("adminDeleteEnabled").asBoolean()).isFalse();
    }

    @ThroughEachDoor
    void withSlugsSwitchedOffOnlyDerivedOnesAreThere(Via door) {
        String id = instance.organization();
        call(door, "UpdateOrganizationSettings", "slug_disabled", true);

        assertThat(refused(door, "CreateOrganization", "name", "Acme", "slug", "acme")
                        .code())
                .isEqualTo("organization_slugs_disabled");
        assertThat(refused(door, "UpdateOrganization", "organization_id", id, "slug", "acme")
                        .param())
                .isEqualTo("slug");
        assertThat(call(door, "CreateOrganization", "name", "Acme").get("slug").asText())
                .isEqualTo("acme");
    }

    @ThroughEachDoor
    void organizationsAreSwitchedOffWhileThereAreNone(Via door) {
        call(door, "UpdateOrganizationSettings", "enabled", false);

        assertThat(refused(door, "CreateOrganization", "name", "Acme").code())
                .isEqualTo("organization_not_enabled_in_instance");
    }

    @ThroughEachDoor
    void organizationsAreNotSwitchedOffWhileThereAreAny(Via door) {
        String id = instance.organization();

        assertThat(refused(door, "UpdateOrganizationSettings", "enabled", false).code())
                .isEqualTo("organizations_disable_not_allowed");
        call(door, "DeleteOrganization", "organization_id", id);
        assertThat(refused(door, "UpdateOrganizationSettings", "enabled", false))
                .isNull();
    }

    @ThroughEachDoor
    void creatorsGetAnotherRoleIfItHoldsTheMinimumPermissions(Via door) {
        String owner = call(
                        door,
                        "CreateRole",
                        "name",
                        "Owner",
                        "key",
                        "org:owner",
                        "permissions",
                        List.of(
                                permissionId("org:sys_memberships:manage"),
                                permissionId("org:sys_memberships:read"),
                                permissionId("org:sys_profile:delete")))
                .get("id")
                .asText();

        assertThat(call(door, "UpdateOrganizationSettings", "creator_role_id", owner)
                        .get("creatorRole")
                        .asText())
                .isEqualTo("org:owner");
        assertThat(refused(door, "UpdateOrganizationSettings", "creator_role_id", roleId("org:member"))
                        .code())
                .isEqualTo("organization_missing_creator_role_permissions");
        String creator = instance.user();
        assertThat(call(door, "GetMembership", "organization_id", instance.organization(creator), "user_id", creator)
                        .get("role")
                        .asText())
                .isEqualTo("org:owner");
    }

    @ThroughEachDoor
    void anUnknownRoleIsNotFound(Via door) {
        for (String field : List.of("creator_role_id", "domains_default_role_id")) {
            Refused refused = refused(door, "UpdateOrganizationSettings", field, "role_none");

            assertThat(refused.code()).isEqualTo("resource_not_found");
            assertThat(refused.meta()).containsEntry("resource", "role").containsEntry("param_name", field);
        }
    }

    @ThroughEachDoor
    void enrollmentModesAreKnownAndNamedOnce(Via door) {
        assertThat(refused(
                                door,
                                "UpdateOrganizationSettings",
                                "domains_enrollment_modes",
                                args("modes", List.of("by_magic")))
                        .code())
                .isEqualTo("form_param_value_invalid");
        assertThat(refused(
                                door,
                                "UpdateOrganizationSettings",
                                "domains_enrollment_modes",
                                args("modes", List.of("manual_invitation", "manual_invitation")))
                        .code())
                .isEqualTo("form_param_duplicate");
    }
}
