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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The rules that hold under any concurrency. These tests were seen failing when what they rely on was taken out: the quota
 * without its condition (now in OrganizationCounters.addingMembers), the last admin without its condition (now
 * OrganizationCounters.leavesSomeoneElevated), the duplicate without membership_organization_user_key, the slugs without
 * organization_slug_key, the request id without the insert in RequestRecords, the removal against a promotion without
 * the version in MembershipChanges (with two members only, the counters' CHECKs had hidden it), the admins who leave
 * together without FOR UPDATE in OrganizationCounters.locking, the removal from a weakened role without the roles' state
 * in MembershipChanges.
 */
@QuarkusTest
class MembershipRaceTest extends DoorTest {
    private static final int CALLERS = 32;

    private final TestInstance instance = instances().create();

    @AfterEach
    void countersAndEventsAgreeWithRows() {
        Consistency.check(instance.id());
    }

    @Test
    void aQuotaOfFiveTakesExactlyFive() {
        String organization = instance.organization();
        grpc().call(
                        instance.key(),
                        "UpdateOrganization",
                        args("organization_id", organization, "max_allowed_memberships", 5));
        List<String> users = users(CALLERS);

        List<Outcome<JsonNode>> outcomes =
                Together.run(CALLERS, i -> instance.add(organization, users.get(i), "org:member"));

        assertThat(Together.successes(outcomes)).isEqualTo(5);
        assertThat(Together.refusals(outcomes)).containsOnly("organization_membership_quota_exceeded");
        assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(5);
    }

    @Test
    void ofTwoLastAdminsOneStays() {
        for (int round = 0; round < 8; round++) {
            String organization = instance.organization();
            List<String> admins =
                    List.of(instance.member(organization, "org:admin"), instance.member(organization, "org:admin"));

            List<Outcome<JsonNode>> outcomes = Together.run(
                    CALLERS,
                    i -> i % 4 < 2
                            ? grpc().call(
                                            instance.key(),
                                            "UpdateMembership",
                                            args(
                                                    "organization_id",
                                                    organization,
                                                    "user_id",
                                                    admins.get(i % 2),
                                                    "role",
                                                    "org:member"))
                            : grpc().call(
                                            instance.key(),
                                            "DeleteMembership",
                                            args("organization_id", organization, "user_id", admins.get(i % 2))));

            assertThat(Together.refusals(outcomes)).contains("organization_minimum_permissions_needed");
            assertThat(TestDatabase.number(
                            "SELECT count(*) FROM membership m JOIN role r ON r.instance_id = m.instance_id AND r.id = m.role_id"
                                    + " WHERE m.organization_id = ? AND r.elevated",
                            organization))
                    .isEqualTo(1);
        }
    }

    /** Of one process few calls change an organization at a time; those of several meet like this. */
    @Test
    void ofTwoLastAdminsWhoLeaveTogetherOneStays() throws InterruptedException, ExecutionException {
        String organization = instance.organization();
        List<String> admins =
                List.of(instance.member(organization, "org:admin"), instance.member(organization, "org:admin"));
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<Outcome<JsonNode>>> leaving;
            try (var held = TestDatabase.lockMembersOf(organization)) {
                leaving = executor.submit(() -> Together.run(
                        admins.size(),
                        i -> grpc().call(
                                        instance.key(),
                                        "DeleteMembership",
                                        args("organization_id", organization, "user_id", admins.get(i)))));
                Eventually.until("neither is done, both have begun", () -> TestDatabase.waiting() == 2);
            }
            assertThat(Together.refusals(leaving.get())).containsExactly("organization_minimum_permissions_needed");
        }
        assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(1);
    }

    @Test
    void oneUserIsAddedOnce() {
        String organization = instance.organization();
        String user = instance.user();

        List<Outcome<JsonNode>> outcomes = Together.run(CALLERS, i -> instance.add(organization, user, "org:member"));

        assertThat(Together.successes(outcomes)).isEqualTo(1);
        assertThat(Together.refusals(outcomes)).containsOnly("already_a_member_in_organization");
        assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(1);
    }

    @Test
    void oneRequestIdHasOneAnswer() {
        String organization = instance.organization();
        String user = instance.user();
        String requestId = Instances.unique("request");

        List<Outcome<JsonNode>> outcomes =
                Together.run(CALLERS, i -> instance.add(organization, user, "org:member", requestId));

        assertThat(Together.refusals(outcomes)).isEmpty();
        assertThat(outcomes.stream().map(outcome -> outcome.value().toString()).distinct())
                .hasSize(1);
        assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(1);
    }

    @Test
    void aMemberIsRemovedWhilePromoted() {
        String organization = instance.organization(instance.user());
        // With fewer members the counters' CHECKs would catch what is counted twice, and hide that it was.
        IntStream.range(0, CALLERS).forEach(i -> instance.member(organization, "org:member"));
        for (int round = 0; round < 8; round++) {
            String user = instance.member(organization, "org:member");

            List<Outcome<JsonNode>> outcomes = Together.run(
                    CALLERS,
                    i -> i % 2 == 0
                            ? grpc().call(
                                            instance.key(),
                                            "UpdateMembership",
                                            args(
                                                    "organization_id",
                                                    organization,
                                                    "user_id",
                                                    user,
                                                    "role",
                                                    i % 4 == 0 ? "org:admin" : "org:member"))
                            : grpc().call(
                                            instance.key(),
                                            "DeleteMembership",
                                            args("organization_id", organization, "user_id", user)));

            assertThat(Together.refusals(outcomes)).containsOnly("resource_not_found");
            assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(1 + CALLERS);
            countersAndEventsAgreeWithRows();
        }
    }

    @Test
    void aRoleIsWeakenedWhileItsLastHoldersLeave() {
        String organization = instance.organization();
        JsonNode second = secondRole();
        String admin = instance.member(organization, "org:admin");
        instance.member(organization, "org:second");
        String weakened = permissionIds("org:sys_profile:delete").getFirst();

        List<Outcome<JsonNode>> outcomes = Together.run(
                CALLERS,
                i -> i % 2 == 0
                        ? grpc().call(
                                        instance.key(),
                                        "RemovePermission",
                                        args("role_id", second.get("id").asText(), "permission_id", weakened))
                        : grpc().call(
                                        instance.key(),
                                        "DeleteMembership",
                                        args("organization_id", organization, "user_id", admin)));

        assertThat(Together.refusals(outcomes))
                .contains("organization_minimum_permissions_needed")
                .isSubsetOf(
                        "organization_minimum_permissions_needed",
                        "organization_role_permission_association_not_found",
                        "resource_not_found");
        assertThat(instance.read(organization)
                        .get("missingMemberWithElevatedPermissions")
                        .asBoolean())
                .isFalse();
    }

    /** It was read while the role was strong, and is removed when the role is not any more. */
    @Test
    void aMemberIsRemovedWhileItsRoleIsWeakened() throws InterruptedException, ExecutionException {
        JsonNode second = secondRole();
        String organization = instance.organization(instance.user());
        String leaving = instance.member(organization, "org:second");
        String other = instance.organization(instance.user());
        instance.member(other, "org:second");
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<JsonNode> weakened;
            Future<JsonNode> removed;
            try (var held = TestDatabase.lockMembersOf(other)) {
                weakened = executor.submit(() -> grpc().call(
                                instance.key(),
                                "RemovePermission",
                                args(
                                        "role_id",
                                        second.get("id").asText(),
                                        "permission_id",
                                        permissionIds("org:sys_profile:delete").getFirst())));
                Eventually.until("the role is locked", () -> TestDatabase.waiting() == 1);
                removed = executor.submit(() -> grpc().call(
                                instance.key(),
                                "DeleteMembership",
                                args("organization_id", organization, "user_id", leaving)));
                Eventually.until("the removal waits for the role", () -> TestDatabase.waiting() == 2);
            }
            assertThat(weakened.get().get("key").asText()).isEqualTo("org:second");
            assertThat(removed.get().at("/publicUserData/userId").asText()).isEqualTo(leaving);
        }
    }

    @Test
    void oneSlugIsTakenOnce() {
        String slug = Instances.unique("slug-");

        List<Outcome<JsonNode>> outcomes = Together.run(
                CALLERS, i -> grpc().call(instance.key(), "CreateOrganization", args("name", "Acme", "slug", slug)));

        assertThat(Together.successes(outcomes)).isEqualTo(1);
        assertThat(Together.refusals(outcomes)).containsOnly("form_identifier_exists");
    }

    @Test
    void organizationsOfOneNameAllGetASlug() {
        List<Outcome<JsonNode>> outcomes = Together.run(
                CALLERS, i -> grpc().call(instance.key(), "CreateOrganization", args("name", "Same Name")));

        assertThat(Together.refusals(outcomes)).isEmpty();
        assertThat(outcomes.stream()
                        .map(outcome -> outcome.value().get("slug").asText())
                        .distinct())
                .hasSize(CALLERS);
    }

    /** Another role with the minimum permissions. */
    private JsonNode secondRole() {
        return grpc().call(
                        instance.key(),
                        "CreateRole",
                        args(
                                "name",
                                "Second",
                                "key",
                                "org:second",
                                "permissions",
                                permissionIds(
                                        "org:sys_memberships:manage",
                                        "org:sys_memberships:read",
                                        "org:sys_profile:delete")));
    }

    private List<String> users(int count) {
        return IntStream.range(0, count).mapToObj(i -> instance.user()).toList();
    }

    private List<String> permissionIds(String... keys) {
        return Arrays.stream(keys)
                .map(key -> grpc().call(instance.key(), "GetPermission", args("key", key))
                        .get("id")
                        .asText())
                .toList();
    }
}
