package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.membership.service.support.Answers;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Issuer;
import dev.membership.service.support.Refused;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memberships one at a time and in batches: adding, reading, changing, removing, asking what a member may do. */
@QuarkusTest
class MembershipContractTest extends ContractTest {
    private final String organization = instance.organization();

    @ThroughEachDoor
    void whatIsCreatedIsReadBackTheSameThroughBothDoors(Via door) {
        String user = instance.user(args(
                "first_name",
                "Ada",
                "last_name",
                "Lovelace",
                "email_address",
                "ada@example.com",
                "username",
                "ada",
                "image_url",
                "https://example.com/ada.png"));

        JsonNode created = call(
                door,
                "CreateMembership",
                "organization_id",
                organization,
                "user_id",
                user,
                "role",
                "org:member",
                "public_metadata",
                args("seat", 4),
                "private_metadata",
                args("crm", "x"));

        assertThat(created.get("id").asText()).matches("orgmem_[0-9A-Za-z]{27}");
        assertThat(created.get("role").asText()).isEqualTo("org:member");
        assertThat(created.get("roleName").asText()).isEqualTo("Member");
        assertThat(Answers.texts(created.get("permissions")))
                .containsExactly("org:sys_billing:read", "org:sys_memberships:read");
        assertThat(Answers.plain(created.get("publicMetadata"))).isEqualTo(Map.of("seat", "4"));
        assertThat(Answers.plain(created.get("privateMetadata"))).isEqualTo(Map.of("crm", "x"));
        assertThat(Answers.plain(created.get("publicUserData")))
                .isEqualTo(Map.of(
                        "userId", user,
                        "firstName", "Ada",
                        "lastName", "Lovelace",
                        "imageUrl", "https://example.com/ada.png",
                        "hasImage", "true",
                        "identifier", "ada@example.com",
                        "username", "ada",
                        "banned", "false"));
        for (Via reader : Via.values()) {
            assertThat(Answers.plainMembership(
                            call(reader, "GetMembership", "organization_id", organization, "user_id", user)))
                    .isEqualTo(Answers.plainMembership(created));
        }
    }

    /** By which readers know what was never changed. */
    @ThroughEachDoor
    void aNewOneWasChangedLastWhenItWasMade(Via door) {
        List<JsonNode> made = new ArrayList<>();
        made.add(call(door, "CreateUser", "fields", args("first_name", "Ada")));
        made.add(
                call(door, "UpsertUser", "fields", args("external_id", "new-1")).get("user"));
        made.add(call(door, "CreateOrganization", "name", "Acme"));
        made.add(call(
                door,
                "CreateMembership",
                "organization_id",
                made.getLast().get("id").asText(),
                "user_id",
                made.getFirst().get("id").asText(),
                "role",
                "org:member"));

        assertThat(made).allSatisfy(one -> assertThat(one.get("updatedAt")).isEqualTo(one.get("createdAt")));
    }

    /** The twelve properties of the Organization object in the seeds, by today's names. */
    @ThroughEachDoor
    void aMembershipCarriesItsOrganizationWhole(Via door) {
        String admin = instance.user();
        JsonNode whole = call(
                door,
                "CreateOrganization",
                "name",
                "Acme",
                "slug",
                "acme",
                "created_by",
                admin,
                "max_allowed_memberships",
                9,
                "public_metadata",
                args("k", "v"));
        String id = whole.get("id").asText();

        JsonNode carried = call(door, "GetMembership", "organization_id", id, "user_id", admin)
                .get("organization");

        assertThat(Answers.plain(carried)).isEqualTo(Answers.plain(instance.read(id)));
        assertThat(Answers.plain(carried))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("id", id)
                .containsEntry("name", "Acme")
                .containsEntry("slug", "acme")
                .containsEntry("hasImage", "false")
                .containsEntry("membersCount", "1")
                .containsEntry("pendingInvitationsCount", "0")
                .containsEntry("maxAllowedMemberships", "9")
                .containsEntry("adminDeleteEnabled", "true")
                .containsEntry("publicMetadata", Map.of("k", "v"))
                .containsKeys("createdAt", "updatedAt", "etag");
        assertThat(carried.has("imageUrl")).isTrue();
    }

    @ThroughEachDoor
    void theAnswerToAnAdditionCountsTheNewMember(Via door) {
        JsonNode created = add(door, instance.user(), "org:admin");

        assertThat(created.at("/organization/membersCount").asInt()).isEqualTo(1);
        assertThat(created.at("/organization/missingMemberWithElevatedPermissions")
                        .asBoolean())
                .isFalse();
    }

    @ThroughEachDoor
    void nobodyIsAMemberTwice(Via door) {
        String user = instance.member(organization, "org:member");

        assertThat(refusedToAdd(door, organization, user, "org:admin").code())
                .isEqualTo("already_a_member_in_organization");
        assertThat(instance.read(organization).get("membersCount").asInt()).isEqualTo(1);
    }

    @ThroughEachDoor
    void whatIsMissingIsNamed(Via door) {
        String user = instance.user();

        assertThat(refusedToAdd(door, "org_none", user, "org:member").meta()).containsEntry("resource", "organization");
        assertThat(refusedToAdd(door, organization, "user_none", "org:member").meta())
                .containsEntry("resource", "user");
        Refused role = refusedToAdd(door, organization, user, "org:none");
        assertThat(role.code()).isEqualTo("resource_not_found");
        assertThat(role.meta()).containsEntry("resource", "role").containsEntry("param_name", "role");
    }

    @ThroughEachDoor
    void anIdBroughtFromElsewhereIsKept(Via door) {
        String id = Instances.unique("orgmem_import");

        JsonNode created = call(
                door,
                "CreateMembership",
                "organization_id",
                organization,
                "user_id",
                instance.user(),
                "role",
                "org:member",
                "id",
                id,
                "created_at",
                "2019-01-02T03:04:05Z");

        assertThat(created.get("id").asText()).isEqualTo(id);
        assertThat(created.get("createdAt").asText()).isEqualTo("2019-01-02T03:04:05Z");
        Refused again = refused(
                door,
                "CreateMembership",
                "organization_id",
                organization,
                "user_id",
                instance.user(),
                "role",
                "org:member",
                "id",
                id);
        assertThat(again.code()).isEqualTo("form_identifier_exists");
        assertThat(again.param()).isEqualTo("id");
    }

    @ThroughEachDoor
    void aFullOrganizationTakesNobody(Via door) {
        call(door, "UpdateOrganization", "organization_id", organization, "max_allowed_memberships", 1);
        String member = instance.member(organization, "org:member");

        assertThat(refusedToAdd(door, organization, instance.user(), "org:member")
                        .code())
                .isEqualTo("organization_membership_quota_exceeded");
        assertThat(refusedToAdd(door, organization, member, "org:member").code())
                .isEqualTo("already_a_member_in_organization");
    }

    @ThroughEachDoor
    void whoIsInvitedHasAPlaceInTheLimit(Via door) {
        call(door, "UpdateOrganization", "organization_id", organization, "max_allowed_memberships", 2);
        TestDatabase.execute("UPDATE organization_counter SET pending_invitations_count = 1 WHERE organization_id = '"
                + organization + "'");
        instance.member(organization, "org:member");

        assertThat(refusedToAdd(door, organization, instance.user(), "org:member")
                        .code())
                .isEqualTo("organization_membership_quota_exceeded");
    }

    @ThroughEachDoor
    void anotherRoleBringsItsNameAndPermissions(Via door) {
        String user = instance.member(organization, "org:member");

        JsonNode promoted = updateRole(door, user, "org:admin");

        assertThat(promoted.get("role").asText()).isEqualTo("org:admin");
        assertThat(promoted.get("roleName").asText()).isEqualTo("Admin");
        assertThat(promoted.get("permissions")).hasSize(9);
        assertThat(promoted.at("/organization/missingMemberWithElevatedPermissions")
                        .asBoolean())
                .isFalse();
        assertThat(Answers.plainMembership(
                        call(door.other(), "GetMembership", "organization_id", organization, "user_id", user)))
                .isEqualTo(Answers.plainMembership(promoted));
    }

    @ThroughEachDoor
    void theSameRoleAgainChangesNothing(Via door) {
        String user = instance.member(organization, "org:member");
        JsonNode before = call(door, "GetMembership", "organization_id", organization, "user_id", user);
        long last = lastEvent();

        assertThat(updateRole(door, user, "org:member")).isEqualTo(before);
        assertThat(eventsSince(last)).isEmpty();
    }

    @ThroughEachDoor
    void theLastAdministratorKeepsItsRole(Via door) {
        String admin = instance.member(organization, "org:admin");
        instance.member(organization, "org:member");

        Refused demoted = refused(
                door, "UpdateMembership", "organization_id", organization, "user_id", admin, "role", "org:member");
        Refused removed = refused(door, "DeleteMembership", "organization_id", organization, "user_id", admin);

        assertThat(demoted.code()).isEqualTo("organization_minimum_permissions_needed");
        assertThat(demoted.meta().get("permissions"))
                .isEqualTo("org:sys_memberships:manage,org:sys_memberships:read,org:sys_profile:delete");
        assertThat(removed.code()).isEqualTo("organization_minimum_permissions_needed");
    }

    @ThroughEachDoor
    void oneOfTwoAdministratorsMayGo(Via door) {
        instance.member(organization, "org:admin");
        String second = instance.member(organization, "org:admin");

        assertThat(updateRole(door, second, "org:member").get("role").asText()).isEqualTo("org:member");
    }

    @ThroughEachDoor
    void anUnknownRoleIsNotGiven(Via door) {
        String user = instance.member(organization, "org:member");

        Refused refused =
                refused(door, "UpdateMembership", "organization_id", organization, "user_id", user, "role", "org:none");

        assertThat(refused.code()).isEqualTo("resource_not_found");
        assertThat(refused.param()).isEqualTo("role");
    }

    @ThroughEachDoor
    void aRemovalReturnsWhatWasRemoved(Via door) {
        String user = instance.member(organization, "org:member");
        JsonNode before = call(door, "GetMembership", "organization_id", organization, "user_id", user);

        JsonNode removed = call(door, "DeleteMembership", "organization_id", organization, "user_id", user);

        assertThat(removed.get("id")).isEqualTo(before.get("id"));
        assertThat(removed.get("publicUserData")).isEqualTo(before.get("publicUserData"));
        assertThat(removed.at("/organization/membersCount").asInt()).isZero();
        assertThat(refused(door, "GetMembership", "organization_id", organization, "user_id", user)
                        .code())
                .isEqualTo("resource_not_found");
    }

    @ThroughEachDoor
    void removingNobodyIsRefusedUnlessAllowed(Via door) {
        String user = instance.user();

        Refused refused = refused(door, "DeleteMembership", "organization_id", organization, "user_id", user);
        JsonNode allowed =
                call(door, "DeleteMembership", "organization_id", organization, "user_id", user, "allow_missing", true);

        assertThat(refused.code()).isEqualTo("resource_not_found");
        assertThat(allowed.path("id").asText("")).isEmpty();
    }

    @ThroughEachDoor
    void removingNobodyIsAllowedWhereTheOrganizationIsGone(Via door) {
        String user = instance.member(organization, "org:member");
        call(door, "DeleteOrganization", "organization_id", organization);

        JsonNode removed =
                call(door, "DeleteMembership", "organization_id", organization, "user_id", user, "allow_missing", true);

        assertThat(removed.path("id").asText("")).isEmpty();
        assertThat(refused(door, "DeleteMembership", "organization_id", organization, "user_id", user)
                        .meta())
                .containsEntry("resource", "organization");
    }

    /** It learns nothing by it: where it never was, and where nothing is, the answer is the same. */
    @ThroughEachDoor
    void whoHasLeftMayLeaveAgain(Via door) {
        String user = instance.member(organization, "org:member");
        String other = instance.member(organization, "org:member");
        String token = new Issuer().registered(grpc(), instance.id(), null).token(user);
        door.call(token, "DeleteMembership", args("organization_id", organization, "user_id", user));

        for (String left : List.of(organization, instance.organization(), "org_none")) {
            JsonNode again = door.call(
                    token, "DeleteMembership", args("organization_id", left, "user_id", user, "allow_missing", true));

            assertThat(again.path("id").asText("")).as(left).isEmpty();
            for (var refused : List.of(
                    args("organization_id", left, "user_id", user),
                    args("organization_id", left, "user_id", other, "allow_missing", true))) {
                assertThat(catchThrowableOfType(Refused.class, () -> door.call(token, "DeleteMembership", refused))
                                .code())
                        .isEqualTo("organization_not_found_or_unauthorized");
            }
        }
    }

    @ThroughEachDoor
    void whoWasRemovedMayComeBack(Via door) {
        String user = instance.member(organization, "org:member");
        call(door, "DeleteMembership", "organization_id", organization, "user_id", user);

        assertThat(add(door, user, "org:admin").get("role").asText()).isEqualTo("org:admin");
    }

    @ThroughEachDoor
    void metadataMergesDeeply(Via door) {
        String user = instance.user();
        call(
                door,
                "CreateMembership",
                "organization_id",
                organization,
                "user_id",
                user,
                "role",
                "org:member",
                "public_metadata",
                object("{'keep':1,'deep':{'a':1,'gone':2},'list':[1,2]}"),
                "private_metadata",
                args("p", 1));

        JsonNode merged = mergePublic(door, user, "{'deep':{'gone':null,'b':{'c':1}},'list':[3]}");

        assertThat(Answers.plain(merged.get("publicMetadata")))
                .isEqualTo(Answers.plain(json("{\"keep\":1,\"deep\":{\"a\":1,\"b\":{\"c\":1}},\"list\":[3]}")));
        assertThat(Answers.plain(merged.get("privateMetadata"))).isEqualTo(Map.of("p", "1"));
    }

    @ThroughEachDoor
    void metadataThatIsThereAlreadyChangesNothing(Via door) {
        String user = instance.member(organization, "org:member");
        mergePublic(door, user, "{'b':1e300,'a':{'c':[1.5,null],'d':12345678901}}");
        JsonNode before = call(door, "GetMembership", "organization_id", organization, "user_id", user);
        long last = lastEvent();

        assertThat(mergePublic(door, user, "{'a':{'d':12345678901,'none':null}}"))
                .isEqualTo(before);
        assertThat(mergePublic(door.other(), user, "{'b':1e300,'a':{'c':[1.5,null]}}")
                        .get("etag"))
                .isEqualTo(before.get("etag"));
        assertThat(mergePublic(door, user, "{}")).isEqualTo(before);
        assertThat(eventsSince(last)).isEmpty();
    }

    private JsonNode mergePublic(Via door, String user, String metadata) {
        return call(
                door,
                "UpdateMembershipMetadata",
                "organization_id",
                organization,
                "user_id",
                user,
                "public_metadata",
                object(metadata));
    }

    /** Text that both GraphQL and JSON can read, once names may stand without quotation marks. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{a: [1, null]}",
                "{a: [[null], {b: null}, []], b: {c: [null]}}",
                "{a: 12345678901, b: -9007199254740991, c: 1e300}",
                "{a: 0.1, b: 1.0, c: 1e3, d: -0.0, e: 1e-7, f: 123456789.125}",
                "{a: true, b: \"\", c: \"\\u00e9\\n\", _d: {}, e: []}"
            })
    void metadataInADocumentIsWhatItIsAsJson(String metadata) throws JsonProcessingException {
        Map<String, Object> json = JsonMapper.builder()
                .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
                .build()
                .readValue(metadata, new TypeReference<>() {});
        String byDocument = instance.member(organization, "org:member");
        graphQl()
                .send(
                        instance.key(),
                        "mutation { updateMembershipMetadata(organizationId: \"" + organization + "\", userId: \""
                                + byDocument + "\", publicMetadata: " + metadata + ") { id } }",
                        Map.of());

        for (Via writer : Via.values()) {
            String user = instance.member(organization, "org:member");
            call(
                    writer,
                    "UpdateMembershipMetadata",
                    "organization_id",
                    organization,
                    "user_id",
                    user,
                    "public_metadata",
                    json);
            for (Via reader : Via.values()) {
                assertThat(publicMetadata(reader, byDocument))
                        .as(writer + ", " + reader)
                        .isEqualTo(Answers.plain(JSON.valueToTree(json)))
                        .isEqualTo(publicMetadata(reader, user));
            }
        }
    }

    @Test
    void metadataInADocumentMayHoldVariables() {
        String user = instance.member(organization, "org:member");

        graphQl()
                .send(
                        instance.key(),
                        "mutation($n: Int, $o: Object, $absent: String) { updateMembershipMetadata(organizationId: \""
                                + organization + "\", userId: \"" + user
                                + "\", publicMetadata: {n: $n, o: $o, list: [$n, null, $absent, $o]}) { id } }",
                        args("n", 7, "o", object("{'a':[null]}")));

        assertThat(publicMetadata(Via.GRPC, user))
                .isEqualTo(Answers.plain(json("{\"n\":7,\"o\":{\"a\":[null]},\"list\":[7,null,null,{\"a\":[null]}]}")));
    }

    private Object publicMetadata(Via door, String user) {
        return Answers.plain(call(door, "GetMembership", "organization_id", organization, "user_id", user)
                .get("publicMetadata"));
    }

    @ThroughEachDoor
    void aChangeWithAStaleEtagIsRefused(Via door) {
        String user = instance.member(organization, "org:member");
        String stale = call(door, "GetMembership", "organization_id", organization, "user_id", user)
                .get("etag")
                .asText();
        String fresh = updateRole(door, user, "org:admin").get("etag").asText();

        for (String operation : List.of("UpdateMembershipMetadata", "DeleteMembership")) {
            assertThat(refused(door, operation, "organization_id", organization, "user_id", user, "etag", stale)
                            .code())
                    .as(operation)
                    .isEqualTo("conflict");
        }
        assertThat(refused(
                                door,
                                "UpdateMembership",
                                "organization_id",
                                organization,
                                "user_id",
                                user,
                                "role",
                                "org:member",
                                "etag",
                                stale)
                        .code())
                .isEqualTo("conflict");
        assertThat(call(
                                door,
                                "UpdateMembershipMetadata",
                                "organization_id",
                                organization,
                                "user_id",
                                user,
                                "public_metadata",
                                args("k", 1),
                                "etag",
                                fresh)
                        .at("/publicMetadata/k")
                        .asInt())
                .isEqualTo(1);
    }

    @ThroughEachDoor
    void theEtagOfAnEarlierMembershipIsStale(Via door) {
        String user = instance.member(organization, "org:member");
        Object[] member = {"organization_id", organization, "user_id", user};
        String earlier = call(door, "GetMembership", member).get("etag").asText();
        call(door, "DeleteMembership", member);
        instance.add(organization, user, "org:admin");

        assertThat(refused(door, "DeleteMembership", "organization_id", organization, "user_id", user, "etag", earlier)
                        .code())
                .isEqualTo("conflict");
    }

    @ThroughEachDoor
    void aBatchNamesTheAbsentOnes(Via door) {
        String present = instance.member(organization, "org:member");
        String absent = instance.user();

        JsonNode answer = call(
                door,
                "BatchGetMemberships",
                "keys",
                List.of(
                        args("organization_id", organization, "user_id", absent),
                        args("organization_id", organization, "user_id", present),
                        args("organization_id", "org_none", "user_id", present)));

        if (door == Via.GRPC) {
            assertThat(answer.get("memberships")).hasSize(1);
            assertThat(answer.at("/memberships/0/publicUserData/userId").asText())
                    .isEqualTo(present);
            assertThat(answer.at("/missing/0/userId").asText()).isEqualTo(absent);
            assertThat(answer.at("/missing/1/organizationId").asText()).isEqualTo("org_none");
        } else {
            assertThat(answer).hasSize(3);
            assertThat(answer.get(0).isNull()).isTrue();
            assertThat(answer.at("/1/publicUserData/userId").asText()).isEqualTo(present);
            assertThat(answer.get(2).isNull()).isTrue();
        }
    }

    @ThroughEachDoor
    void blanksAroundTheKeysOfABatchDoNotMatter(Via door) {
        String member = instance.member(organization, "org:member");

        JsonNode memberships = call(
                door,
                "BatchGetMemberships",
                "keys",
                List.of(
                        args("organization_id", " " + organization, "user_id", member + " "),
                        args("organization_id", organization, "user_id", member)));
        JsonNode users = call(door, "BatchGetUsers", "user_ids", List.of(" " + member, member));

        boolean grpc = door == Via.GRPC;
        assertThat(grpc ? memberships.get("memberships") : memberships)
                .extracting(found -> found.at("/publicUserData/userId").asText())
                .containsExactly(member, member);
        assertThat(grpc ? users.get("users") : users)
                .extracting(found -> found.path("id").asText())
                .containsExactly(member, member);
    }

    @ThroughEachDoor
    void aBatchHasOneToAThousandKeys(Via door) {
        var key = args("organization_id", organization, "user_id", "user_none");

        Refused tooMany = refused(door, "BatchGetMemberships", "keys", java.util.Collections.nCopies(1001, key));

        assertThat(tooMany.code()).isEqualTo("bulk_size_exceeded");
        assertThat(tooMany.meta()).containsEntry("limit", "1000");
        assertThat(refused(door, "BatchGetMemberships", "keys", List.of()).code())
                .isEqualTo("form_param_missing");
        assertThat(refused(door, "BatchGetMemberships", "keys", java.util.Collections.nCopies(1000, key)))
                .isNull();
    }

    @ThroughEachDoor
    void aCheckSaysWhy(Via door) {
        call(door, "CreatePermission", "name", "Pay", "key", "org:invoices:pay");
        String member = instance.member(organization, "org:member");
        String banned = instance.member(organization, "org:admin");
        call(door, "UpdateUser", "user_id", banned, "fields", args("banned", true));
        String stranger = instance.user();

        assertThat(check(door, member, "org:sys_memberships:read")).isEqualTo("true GRANTED org:member");
        assertThat(check(door, member, "org:invoices:pay")).isEqualTo("false ROLE_LACKS_PERMISSION org:member");
        assertThat(check(door, member, "org:no:such")).isEqualTo("false UNKNOWN_PERMISSION org:member");
        assertThat(check(door, banned, "org:sys_memberships:read")).isEqualTo("false USER_BANNED org:admin");
        assertThat(check(door, stranger, "org:sys_memberships:read")).isEqualTo("false NOT_A_MEMBER ");
        assertThat(check(door, "user_none", "org:sys_memberships:read")).isEqualTo("false NOT_A_MEMBER ");
    }

    @ThroughEachDoor
    void checksAreAnsweredInTheirOrder(Via door) {
        String member = instance.member(organization, "org:member");
        String stranger = instance.user();
        var checks = List.of(
                check(stranger, "org:sys_memberships:read"),
                check(member, "org:sys_memberships:manage"),
                check(member, "org:sys_memberships:read"),
                check(member, "org:sys_memberships:read"),
                check(member, "org:no:such"));

        JsonNode answer = call(door, "BatchCheckPermissions", "checks", checks);

        assertThat((door == Via.GRPC ? answer.get("results") : answer))
                .extracting(MembershipContractTest::reason)
                .containsExactly("NOT_A_MEMBER", "ROLE_LACKS_PERMISSION", "GRANTED", "GRANTED", "UNKNOWN_PERMISSION");
    }

    @ThroughEachDoor
    void aBatchOfChecksHasOneToAThousand(Via door) {
        var one = check("user_none", "org:sys_memberships:read");

        assertThat(refused(door, "BatchCheckPermissions", "checks", java.util.Collections.nCopies(1001, one))
                        .code())
                .isEqualTo("bulk_size_exceeded");
        assertThat(refused(door, "BatchCheckPermissions", "checks", java.util.Collections.nCopies(1000, one)))
                .isNull();
        assertThat(refused(door, "BatchCheckPermissions", "checks", List.of(one, check(" ", "org:a:b")))
                        .param())
                .isEqualTo("checks.user_id");
    }

    private JsonNode add(Via door, String user, String role) {
        return call(door, "CreateMembership", "organization_id", organization, "user_id", user, "role", role);
    }

    private Refused refusedToAdd(Via door, String to, String user, String role) {
        return refused(door, "CreateMembership", "organization_id", to, "user_id", user, "role", role);
    }

    private JsonNode updateRole(Via door, String user, String role) {
        return call(door, "UpdateMembership", "organization_id", organization, "user_id", user, "role", role);
    }

    private Map<String, Object> check(String user, String permission) {
        return args("organization_id", organization, "user_id", user, "permission", permission);
    }

    private String check(Via door, String user, String permission) {
        JsonNode answer = door.call(instance.key(), "CheckPermission", check(user, permission));
        return answer.get("allowed").asText() + " " + reason(answer) + " "
                + (answer.hasNonNull("role") ? answer.get("role").asText() : "");
    }

    /** Protobuf puts the enum's name before each of its values. */
    private static String reason(JsonNode answer) {
        return answer.get("reason").asText().replace("CHECK_REASON_", "");
    }
}
