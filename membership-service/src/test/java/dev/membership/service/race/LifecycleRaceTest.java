package dev.membership.service.race;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Consistency;
import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.Together;
import dev.membership.service.support.Together.Outcome;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Organizations, users and roles that come, change and go while others work with them. Each of these tests was seen failing:
 * the deleted organization without "NOT closed" in OrganizationCounters (18 joined after the deletion), the deleted user
 * without OrganizationCounters.lockAllOf together with OrganizationCounters.locking, the etag without Etag.require in
 * Organizations.change, the renamed user without the two FOR SHARE on app_user (in MembershipAdditions.joining and in the trigger
 * membership_copy_user), the roles' quota without FOR UPDATE in Roles.requireRoom, the creations without
 * FOR NO KEY UPDATE in OrganizationCreation.creator, the creators' role with a join of it in OrganizationCreation.settings, the
 * external id without the attempts in UserUpserts.distinctly and without the uniqueness of app_user_external_id_key, and the one
 * given away without the last condition of UserUpserts.present.
 */
@QuarkusTest
class LifecycleRaceTest extends DoorTest {
    private static final int CALLERS = 32;

    private final TestInstance instance = instances().create();

    @AfterEach
    void countersAndEventsAgreeWithRows() {
        Consistency.check(instance.id());
    }

    @Test
    void nobodyJoinsADeletedOrganization() {
        for (int round = 0; round < 8; round++) {
            String organization = instance.organization(instance.user());
            List<String> users = users(CALLERS);

            List<Outcome<JsonNode>> outcomes = Together.run(
                    CALLERS,
                    i -> i % 8 == 7
                            ? grpc().call(instance.key(), "DeleteOrganization", args("organization_id", organization))
                            : instance.add(organization, users.get(i), "org:member"));

            assertThat(Together.refusals(outcomes)).isNotEmpty().containsOnly("resource_not_found");
            assertThat(events(organization, "organization.deleted")).isEqualTo(1);
            assertThat(TestDatabase.number("""
                            SELECT count(*) FROM outbox_event joined JOIN outbox_event gone USING (instance_id, organization_id)
                            WHERE organization_id = ? AND joined.type = 'organizationMembership.created'
                                AND gone.type = 'organization.deleted'
                                AND joined.organization_sequence > gone.organization_sequence
                            """, organization))
                    .as("members who joined after the deletion")
                    .isZero();
            awaitPurge(organization);
            assertThat(events(organization, "organizationMembership.deleted"))
                    .isEqualTo(events(organization, "organizationMembership.created"));
        }
    }

    @Test
    void aDeletedUserLeavesNothingBehind() {
        List<String> organizations = IntStream.range(0, CALLERS / 2)
                .mapToObj(i -> instance.organization(instance.user()))
                .toList();
        for (int round = 0; round < 8; round++) {
            String user = instance.user();
            organizations
                    .subList(0, CALLERS / 4)
                    .forEach(organization -> instance.add(organization, user, "org:member"));

            List<Outcome<JsonNode>> outcomes = Together.run(CALLERS + 1, i -> {
                String organization = organizations.get(i % organizations.size());
                if (i == CALLERS / 2) {
                    return grpc().call(instance.key(), "DeleteUser", args("user_id", user));
                }
                return i % organizations.size() < CALLERS / 4
                        ? grpc().call(
                                        instance.key(),
                                        "UpdateMembership",
                                        args("organization_id", organization, "user_id", user, "role", "org:admin"))
                        : instance.add(organization, user, "org:admin");
            });

            assertThat(Together.refusals(outcomes))
                    .isSubsetOf("resource_not_found", "already_a_member_in_organization");
            assertThat(outcomes.get(CALLERS / 2).succeeded()).isTrue();
            assertThat(TestDatabase.number(
                            "SELECT count(*) FROM membership WHERE instance_id = ? AND user_id = ?",
                            instance.id(),
                            user))
                    .isZero();
            countersAndEventsAgreeWithRows();
        }
    }

    @Test
    void oneEtagAllowsOneChange() {
        String organization = instance.organization();
        String etag = instance.read(organization).get("etag").asText();

        List<Outcome<JsonNode>> outcomes = Together.run(
                CALLERS,
                i -> grpc().call(
                                instance.key(),
                                "UpdateOrganization",
                                args("organization_id", organization, "name", "Name " + i, "etag", etag)));

        assertThat(Together.successes(outcomes)).isEqualTo(1);
        assertThat(Together.refusals(outcomes)).containsOnly("conflict");
    }

    /** One rename only: a second one would put right what the first has missed. */
    @Test
    void aUserIsRenamedWhileAdded() {
        List<String> organizations = IntStream.range(0, CALLERS / 2)
                .mapToObj(i -> instance.organization())
                .toList();
        for (int round = 0; round < 16; round++) {
            String user = instance.user();

            List<Outcome<JsonNode>> outcomes = Together.run(
                    organizations.size() + 1,
                    i -> i == organizations.size() / 2
                            ? grpc().call(
                                            instance.key(),
                                            "UpdateUser",
                                            args("user_id", user, "fields", args("first_name", "Renamed")))
                            : instance.add(organizations.get(i % organizations.size()), user, "org:member"));

            assertThat(Together.refusals(outcomes)).isSubsetOf("already_a_member_in_organization");
            countersAndEventsAgreeWithRows();
        }
    }

    @Test
    void aQuotaOfTenCustomRolesTakesExactlyTen() {
        List<Outcome<JsonNode>> outcomes = Together.run(
                CALLERS,
                i -> grpc().call(instance.key(), "CreateRole", args("name", "Role", "key", Instances.unique("org:r"))));

        assertThat(Together.successes(outcomes)).isEqualTo(10);
        assertThat(Together.refusals(outcomes)).containsOnly("organization_instance_roles_quota_exceeded");
    }

    @Test
    void aUserWhoMayCreateFiveCreatesExactlyFive() {
        String user = instance.user(args("first_name", "Ada", "create_organizations_limit", 5));

        List<Outcome<JsonNode>> outcomes = Together.run(
                CALLERS,
                i -> grpc().call(
                                instance.key(),
                                "CreateOrganization",
                                args("name", Instances.unique("Org "), "created_by", user)));

        assertThat(Together.successes(outcomes)).isEqualTo(5);
        assertThat(Together.refusals(outcomes)).containsOnly("org_creation_limit_exceeded");
    }

    @Test
    void oneExternalIdIsOneUser() {
        String externalId = Instances.unique("external");

        List<Outcome<JsonNode>> outcomes = Together.run(
                CALLERS,
                i -> grpc().call(
                                instance.key(),
                                "UpsertUser",
                                args("fields", args("external_id", externalId, "first_name", "Name " + i))));

        assertThat(Together.refusals(outcomes)).isEmpty();
        assertThat(outcomes.stream()
                        .filter(outcome -> outcome.value().get("created").asBoolean()))
                .hasSize(1);
        assertThat(TestDatabase.number(
                        "SELECT count(*) FROM app_user WHERE instance_id = ? AND external_id = ?",
                        instance.id(),
                        externalId))
                .isEqualTo(1);
    }

    /** Held up between the look for the external id and the lock of the user who had it. */
    @Test
    void aUserWhoIsGivenAnotherExternalIdIsNotTheOneAskedFor() throws Exception {
        for (boolean imported : List.of(false, true)) {
            String asked = Instances.unique("external");
            String user = instance.user(args("external_id", asked));
            Map<String, Object> fields = args("external_id", asked, "first_name", "Asked");
            try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<JsonNode> upserted;
                try (var renamed = TestDatabase.changing(
                        "UPDATE app_user SET external_id = ? WHERE id = ?", Instances.unique("external"), user)) {
                    upserted = callers.submit(() -> imported
                            ? grpc().call(instance.key(), "ImportUsers", args("users", List.of(args("fields", fields))))
                            : grpc().call(instance.key(), "UpsertUser", args("fields", fields)));
                    Eventually.until("it waits for the user", () -> TestDatabase.waiting() == 1);
                }

                assertThat(upserted.get().get("created").asText()).isEqualTo(imported ? "1" : "true");
                assertThat(TestDatabase.query("SELECT id FROM app_user WHERE external_id = ?", asked))
                        .hasSize(1)
                        .doesNotContain(Map.of("id", user));
            }
        }
    }

    /** Held up between the look at the roles that have the permission and its own lock. */
    @Test
    void aRoleThatGetsAPermissionWhileThatIsDeletedIsChangedByIt() throws Exception {
        String permission = grpc().call(
                        instance.key(),
                        "CreatePermission",
                        args("name", "Going", "key", Instances.unique("org:going:"), "description", ""))
                .get("id")
                .asText();
        String role = grpc().call(
                        instance.key(),
                        "CreateRole",
                        args("name", "Late", "key", Instances.unique("org:late"), "description", ""))
                .get("id")
                .asText();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<JsonNode> deleted;
            String assigned;
            try (var held = TestDatabase.changing("SELECT 1 FROM permission WHERE id = ? FOR KEY SHARE", permission)) {
                deleted = callers.submit(
                        () -> grpc().call(instance.key(), "DeletePermission", args("permission_id", permission)));
                Eventually.until("the deletion waits", () -> TestDatabase.waiting() == 1);
                assigned = grpc().call(
                                instance.key(), "AssignPermission", args("role_id", role, "permission_id", permission))
                        .get("etag")
                        .asText();
            }
            deleted.get();

            JsonNode after = grpc().call(instance.key(), "GetRole", args("role_id", role));
            assertThat(after.get("permissions")).isEmpty();
            assertThat(after.get("etag").asText()).isNotEqualTo(assigned);
            assertThat(TestDatabase.number(
                            "SELECT count(*) FROM outbox_event WHERE instance_id = ? AND type = 'role.updated' AND resource_id = ?",
                            instance.id(),
                            role))
                    .as("of the assignment and of the deletion")
                    .isEqualTo(2);
        }
    }

    /** Held up by the change of the settings, as they are when it ends. */
    @Test
    void anOrganizationIsCreatedWhileTheCreatorsRoleChanges() throws Exception {
        JsonNode admin = grpc().call(instance.key(), "GetRole", args("key", "org:admin"));
        JsonNode other = grpc().call(
                        instance.key(),
                        "CreateRole",
                        args(
                                "name",
                                "Founder",
                                "key",
                                "org:founder",
                                "permissions",
                                admin.get("permissions").findValuesAsText("id")));
        String founder = instance.user();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> created;
            try (var changed = TestDatabase.changing(
                    "UPDATE organization_settings SET creator_role_id = ? WHERE instance_id = ?",
                    other.get("id").asText(),
                    instance.id())) {
                created = callers.submit(() -> instance.organization(founder));
                Eventually.until("the creation waits", () -> TestDatabase.waiting() == 1);
            }

            JsonNode membership = grpc().call(
                            instance.key(),
                            "GetMembership",
                            args("organization_id", created.get(), "user_id", founder));
            assertThat(membership.get("role").asText()).isEqualTo("org:founder");
        }
    }

    /** The background removes what is left of a deleted organization within seconds. */
    private static void awaitPurge(String organization) {
        Eventually.until(
                "purge of " + organization,
                () -> TestDatabase.number("SELECT count(*) FROM organization WHERE id = ?", organization) == 0);
        assertThat(TestDatabase.number("SELECT count(*) FROM membership WHERE organization_id = ?", organization))
                .isZero();
    }

    private static long events(String organization, String type) {
        return TestDatabase.number(
                "SELECT count(*) FROM outbox_event WHERE organization_id = ? AND type = ?", organization, type);
    }

    private List<String> users(int count) {
        return IntStream.range(0, count).mapToObj(i -> instance.user()).toList();
    }
}
