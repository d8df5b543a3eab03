package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Answers;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Refused;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;

/** Organizations one at a time: creating, reading, changing, deleting. */
@QuarkusTest
class OrganizationContractTest extends ContractTest {
    @ThroughEachDoor
    void whatIsCreatedIsReadBackTheSameThroughBothDoors(Via door) {
        JsonNode created = call(
                door,
                "CreateOrganization",
                "name",
                " Acme Inc ",
                "slug",
                "acme",
                "max_allowed_memberships",
                7,
                "public_metadata",
                args("plan", "gold", "n", 1.5, "list", List.of(1, "two"), "deep", args("x", true)),
                "private_metadata",
                args("crm", 42));
        String id = created.get("id").asText();

        assertThat(id).matches("org_[0-9A-Za-z]{27}");
        assertThat(created.get("name").asText()).isEqualTo("Acme Inc");
        assertThat(created.get("maxAllowedMemberships").asInt()).isEqualTo(7);
        assertThat(created.get("membersCount").asInt()).isZero();
        assertThat(created.at("/publicMetadata/deep/x").asBoolean()).isTrue();
        for (Via reader : Via.values()) {
            assertThat(Answers.plain(call(reader, "GetOrganization", "organization_id", id)))
                    .isEqualTo(Answers.plain(created));
        }
    }

    @ThroughEachDoor
    void isReadBySlug(Via door) {
        String id = call(door, "CreateOrganization", "name", "Acme", "slug", "acme-1")
                .get("id")
                .asText();

        assertThat(call(door, "GetOrganization", "slug", "acme-1").get("id").asText())
                .isEqualTo(id);
    }

    @ThroughEachDoor
    void anUnknownOneIsNotFound(Via door) {
        Refused byId = refused(door, "GetOrganization", "organization_id", "org_none");
        Refused bySlug = refused(door, "GetOrganization", "slug", "none");

        assertThat(byId.code()).isEqualTo("resource_not_found");
        assertThat(byId.meta()).containsEntry("resource", "organization");
        assertThat(bySlug.code()).isEqualTo("resource_not_found");
        assertThat(bySlug.param()).isEqualTo("slug");
    }

    @ThroughEachDoor
    void aMissingSlugIsDerivedFromTheName(Via door) {
        assertThat(call(door, "CreateOrganization", "name", "Café & Söhne, 2nd!")
                        .get("slug")
                        .asText())
                .isEqualTo("cafe-sohne-2nd");
    }

    @ThroughEachDoor
    void aDerivedSlugThatIsTakenGetsAnEndOfItsOwn(Via door) {
        call(door, "CreateOrganization", "name", "Acme");

        assertThat(call(door, "CreateOrganization", "name", "Acme").get("slug").asText())
                .matches("acme-[0-9a-z]{6}");
    }

    @ThroughEachDoor
    void aDerivedSlugIsFreeForIdsThatEndAlike(Via door) {
        for (String tenant : List.of("a", "b", "c")) {
            assertThat(call(
                                    door,
                                    "CreateOrganization",
                                    "name",
                                    "Default",
                                    "id",
                                    Instances.unique("org_" + tenant) + "_default")
                            .get("slug")
                            .asText())
                    .startsWith("default");
        }
    }

    @ThroughEachDoor
    void aGivenSlugThatIsTakenIsRefused(Via door) {
        call(door, "CreateOrganization", "name", "Acme", "slug", "acme");

        Refused refused = refused(door, "CreateOrganization", "name", "Other", "slug", "acme");

        assertThat(refused.code()).isEqualTo("form_identifier_exists");
        assertThat(refused.param()).isEqualTo("slug");
    }

    @ThroughEachDoor
    void aSlugOfADeletedOneIsFreeAgain(Via door) {
        String id = call(door, "CreateOrganization", "name", "Acme", "slug", "acme")
                .get("id")
                .asText();
        call(door, "DeleteOrganization", "organization_id", id);

        assertThat(call(door, "CreateOrganization", "name", "Acme", "slug", "acme")
                        .get("slug")
                        .asText())
                .isEqualTo("acme");
    }

    @ThroughEachDoor
    void slugsAreLowerCaseLettersDigitsAndHyphens(Via door) {
        for (String slug : List.of("Acme", "a_b", "a b", "ä", "org_x", "a/b", "a.b")) {
            Refused refused = refused(door, "CreateOrganization", "name", "Acme", "slug", slug);

            assertThat(refused).as(slug).isNotNull();
            assertThat(refused.code()).as(slug).isEqualTo("form_param_format_invalid");
            assertThat(refused.param()).isEqualTo("slug");
        }
    }

    @ThroughEachDoor
    void aSlugMayHave64Characters(Via door) {
        String longest = "a".repeat(64);

        assertThat(call(door, "CreateOrganization", "name", "Acme", "slug", longest)
                        .get("slug")
                        .asText())
                .isEqualTo(longest);
        assertThat(refused(door, "CreateOrganization", "name", "Acme", "slug", longest + "a")
                        .code())
                .isEqualTo("form_param_max_length_exceeded");
    }

    @ThroughEachDoor
    void aNameMayHave256Characters(Via door) {
        String longest = "n".repeat(256);

        assertThat(call(door, "CreateOrganization", "name", longest).get("name").asText())
                .isEqualTo(longest);
        Refused refused = refused(door, "CreateOrganization", "name", longest + "n");
        assertThat(refused.code()).isEqualTo("form_param_max_length_exceeded");
        assertThat(refused.meta()).containsEntry("limit", "256");
        assertThat(call(door, "CreateOrganization", "name", "😀".repeat(256))
                        .get("name")
                        .asText())
                .isEqualTo("😀".repeat(256));
    }

    @ThroughEachDoor
    void aNameIsOneLineToBeSeenAndNeitherAnAddressNorMarkup(Via door) {
        assertThat(refused(door, "CreateOrganization", "name", "  ").code()).isEqualTo("form_param_missing");
        for (String name : List.of(
                "https://evil.example",
                "see www.evil.example",
                "//evil.example",
                "javascript:alert(1)",
                "<b>Acme</b>",
                "<script>",
                "Acme\r\nBcc: all@evil.example",
                "Acme\u2028Inc.",
                "Ac\u0007me",
                "\u200b",
                "\u00a0\u200d",
                "a <img src=x onerror=alert(1)")) {
            Refused refused = refused(door, "CreateOrganization", "name", name);

            assertThat(refused).as(name).isNotNull();
            assertThat(refused.code()).isEqualTo("form_param_value_invalid");
            assertThat(refused.param()).isEqualTo("name");
        }
        assertThat(call(door, "CreateOrganization", "name", "R&D <3 a > b // AC//DC Inc.: example.com")
                        .get("name")
                        .asText())
                .isEqualTo("R&D <3 a > b // AC//DC Inc.: example.com");
    }

    @ThroughEachDoor
    void itsCreatorIsItsFirstMemberWithTheCreatorsRole(Via door) {
        String user = instance.user();

        JsonNode created = call(door, "CreateOrganization", "name", "Acme", "created_by", user);

        assertThat(created.get("createdBy").asText()).isEqualTo(user);
        assertThat(created.get("membersCount").asInt()).isEqualTo(1);
        assertThat(created.get("missingMemberWithElevatedPermissions").asBoolean())
                .isFalse();
        assertThat(call(
                                door,
                                "GetMembership",
                                "organization_id",
                                created.get("id").asText(),
                                "user_id",
                                user)
                        .get("role")
                        .asText())
                .isEqualTo("org:admin");
    }

    @ThroughEachDoor
    void withoutCreatorItSaysThatItLacksAnAdministrator(Via door) {
        JsonNode created = call(door, "CreateOrganization", "name", "Acme");

        assertThat(created.get("missingMemberWithElevatedPermissions").asBoolean())
                .isTrue();
        assertThat(created.path("createdBy").asText("")).isIn("", "null");
    }

    @ThroughEachDoor
    void anUnknownCreatorIsRefusedAndNothingIsCreated(Via door) {
        Refused refused = refused(door, "CreateOrganization", "name", "Acme", "created_by", "user_none");

        assertThat(refused.code()).isEqualTo("organization_creator_not_found");
        assertThat(list(door, "ListOrganizations").items()).isEmpty();
    }

    @ThroughEachDoor
    void aUserCreatesAsManyAsItsLimitSays(Via door) {
        String user = instance.user(args("first_name", "Ada", "create_organizations_limit", 1));
        call(door, "CreateOrganization", "name", "One", "created_by", user);

        Refused refused = refused(door, "CreateOrganization", "name", "Two", "created_by", user);

        assertThat(refused.code()).isEqualTo("org_creation_limit_exceeded");
        assertThat(refused.meta()).containsEntry("limit", "1");
    }

    @ThroughEachDoor
    void anIdBroughtFromElsewhereIsKept(Via door) {
        String id = Instances.unique("org_import");

        assertThat(call(
                                door,
                                "CreateOrganization",
                                "name",
                                "Acme",
                                "id",
                                id,
                                "created_at",
                                "2020-02-29T10:11:12.123456Z")
                        .get("id")
                        .asText())
                .isEqualTo(id);
        assertThat(call(door.other(), "GetOrganization", "organization_id", id)
                        .get("createdAt")
                        .asText())
                .isEqualTo("2020-02-29T10:11:12.123456Z");
        assertThat(refused(door, "CreateOrganization", "name", "Acme", "id", id).param())
                .isEqualTo("id");
        assertThat(refused(door, "CreateOrganization", "name", "Acme", "id", "user_1")
                        .code())
                .isEqualTo("form_param_format_invalid");
    }

    @ThroughEachDoor
    void itIsNotCreatedInTheFuture(Via door) {
        Refused refused = refused(door, "CreateOrganization", "name", "Acme", "created_at", "2999-01-01T00:00:00Z");

        assertThat(refused.code()).isEqualTo("form_disallow_future_date");
        assertThat(refused.param()).isEqualTo("created_at");
    }

    @ThroughEachDoor
    void anUpdateChangesWhatIsGivenAndNothingElse(Via door) {
        JsonNode before =
                call(door, "CreateOrganization", "name", "Acme", "slug", "acme", "public_metadata", args("k", "v"));

        JsonNode after = call(
                door,
                "UpdateOrganization",
                "organization_id",
                before.get("id").asText(),
                "name",
                "Emca",
                "admin_delete_enabled",
                false);

        assertThat(after.get("name").asText()).isEqualTo("Emca");
        assertThat(after.get("adminDeleteEnabled").asBoolean()).isFalse();
        assertThat(after.get("slug").asText()).isEqualTo("acme");
        assertThat(after.at("/publicMetadata/k").asText()).isEqualTo("v");
        assertThat(after.get("etag")).isNotEqualTo(before.get("etag"));
        assertThat(Answers.plain(call(
                        door.other(),
                        "GetOrganization",
                        "organization_id",
                        before.get("id").asText())))
                .isEqualTo(Answers.plain(after));
    }

    @ThroughEachDoor
    void aChangeThatChangesNothingWritesNothing(Via door) {
        JsonNode created = call(
                door,
                "CreateOrganization",
                "name",
                "Acme",
                "slug",
                "acme",
                "max_allowed_memberships",
                7,
                "public_metadata",
                object("{'list':[1,2.5],'deep':{'b':1,'a':2}}"));
        String id = created.get("id").asText();
        long last = lastEvent();

        JsonNode same = call(
                door,
                "UpdateOrganization",
                "organization_id",
                id,
                "name",
                " Acme ",
                "slug",
                "acme",
                "max_allowed_memberships",
                7,
                "admin_delete_enabled",
                true);
        JsonNode nothing = call(door, "UpdateOrganization", "organization_id", id);
        JsonNode merged = call(
                door,
                "UpdateOrganizationMetadata",
                "organization_id",
                id,
                "public_metadata",
                object("{'deep':{'a':2},'gone':null}"));
        JsonNode replaced = call(
                door,
                "ReplaceOrganizationMetadata",
                "organization_id",
                id,
                "public_metadata",
                object("{'deep':{'a':2,'b':1},'list':[1,2.5]}"),
                "private_metadata",
                Map.of());

        assertThat(List.of(same, nothing, merged, replaced)).containsOnly(created);
        assertThat(eventsSince(last)).isEmpty();
    }

    /** What was without an event took no number, either. */
    @ThroughEachDoor
    void anOrganizationsNumbersHaveNoGapAfterAChangeThatChangesNothing(Via door) {
        String id = instance.organization();
        call(door, "UpdateOrganization", "organization_id", id);
        long last = lastEvent();

        call(door, "UpdateOrganization", "organization_id", id, "max_allowed_memberships", 9);

        assertThat(eventsSince(last)).extracting(Event::sequence).containsExactly(2L);
        assertThat(instance.read(id).get("maxAllowedMemberships").asInt()).isEqualTo(9);
    }

    @ThroughEachDoor
    void aChangeWithAStaleEtagIsRefused(Via door) {
        JsonNode read = call(door, "CreateOrganization", "name", "Acme");
        String id = read.get("id").asText();
        String etag = read.get("etag").asText();
        call(door, "UpdateOrganization", "organization_id", id, "name", "First", "etag", etag);

        for (String operation :
                List.of("UpdateOrganization", "UpdateOrganizationMetadata", "ReplaceOrganizationMetadata")) {
            Refused refused = refused(door, operation, "organization_id", id, "etag", etag);

            assertThat(refused).as(operation).isNotNull();
            assertThat(refused.code()).as(operation).isEqualTo("conflict");
        }
        assertThat(refused(door, "DeleteOrganization", "organization_id", id, "etag", etag)
                        .code())
                .isEqualTo("conflict");
        assertThat(instance.read(id).get("name").asText()).isEqualTo("First");
    }

    @ThroughEachDoor
    void aChangeWithoutEtagIsMadeWhateverCameBefore(Via door) {
        String id = instance.organization();
        call(door, "UpdateOrganization", "organization_id", id, "name", "First");

        assertThat(call(door, "UpdateOrganization", "organization_id", id, "name", "Second")
                        .get("name")
                        .asText())
                .isEqualTo("Second");
    }

    @ThroughEachDoor
    void aSlugIsChangedUnlessItIsTaken(Via door) {
        call(door, "CreateOrganization", "name", "Acme", "slug", "taken");
        String id = instance.organization();

        assertThat(call(door, "UpdateOrganization", "organization_id", id, "slug", "free")
                        .get("slug")
                        .asText())
                .isEqualTo("free");
        assertThat(refused(door, "UpdateOrganization", "organization_id", id, "slug", "taken")
                        .code())
                .isEqualTo("form_identifier_exists");
    }

    @ThroughEachDoor
    void theLimitOfMembersIsNotNegative(Via door) {
        String id = instance.organization();

        Refused refused = refused(door, "UpdateOrganization", "organization_id", id, "max_allowed_memberships", -1);

        assertThat(refused.code()).isEqualTo("form_param_value_invalid");
        assertThat(refused.param()).isEqualTo("max_allowed_memberships");
    }

    @ThroughEachDoor
    void aLimitBelowThePresentCountBlocksAdditionsOnly(Via door) {
        String id = instance.organization();
        instance.member(id, "org:member");
        instance.member(id, "org:member");

        JsonNode limited = call(door, "UpdateOrganization", "organization_id", id, "max_allowed_memberships", 1);

        assertThat(limited.get("membersCount").asInt()).isEqualTo(2);
        Refused refused = refused(
                door, "CreateMembership", "organization_id", id, "user_id", instance.user(), "role", "org:member");
        assertThat(refused.code()).isEqualTo("organization_membership_quota_exceeded");
        assertThat(refused.meta()).containsEntry("max_allowed_memberships", "1");
    }

    @ThroughEachDoor
    void metadataMergesDeeply(Via door) {
        String id = call(
                        door,
                        "CreateOrganization",
                        "name",
                        "Acme",
                        "public_metadata",
                        args("keep", 1, "deep", args("a", args("b", 1, "gone", 2)), "list", List.of(1, 2, 3)),
                        "private_metadata",
                        args("p", 1))
                .get("id")
                .asText();
        var patch = object("{'deep':{'a':{'c':3,'gone':null}},'list':[9],'new':'x'}");

        JsonNode merged = call(door, "UpdateOrganizationMetadata", "organization_id", id, "public_metadata", patch);

        assertThat(Answers.plain(merged.get("publicMetadata")))
                .isEqualTo(Answers.plain(
                        json("{\"keep\":1,\"deep\":{\"a\":{\"b\":1,\"c\":3}},\"list\":[9],\"new\":\"x\"}")));
        assertThat(Answers.plain(merged.get("privateMetadata"))).isEqualTo(Answers.plain(json("{\"p\":1}")));
    }

    @ThroughEachDoor
    void replacedMetadataIsThereAloneAndAnAbsentFieldStays(Via door) {
        String id = call(
                        door,
                        "CreateOrganization",
                        "name",
                        "Acme",
                        "public_metadata",
                        args("old", 1),
                        "private_metadata",
                        args("p", 1))
                .get("id")
                .asText();

        JsonNode replaced =
                call(door, "ReplaceOrganizationMetadata", "organization_id", id, "public_metadata", args("new", 2));

        assertThat(Answers.plain(replaced.get("publicMetadata"))).isEqualTo(Answers.plain(json("{\"new\":2}")));
        assertThat(Answers.plain(replaced.get("privateMetadata"))).isEqualTo(Answers.plain(json("{\"p\":1}")));
    }

    @ThroughEachDoor
    void metadataMayHave8192Bytes(Via door) {
        String id = instance.organization();
        // {"k":"..."} has 8 bytes beside the text; the umlaut has two.
        String longest = "ü" + "v".repeat(8192 - 8 - 2);

        call(door, "UpdateOrganizationMetadata", "organization_id", id, "private_metadata", args("k", longest));
        Refused refused = refused(
                door,
                "UpdateOrganizationMetadata",
                "organization_id",
                id,
                "private_metadata",
                args("k", longest + "v"));

        assertThat(refused.code()).isEqualTo("form_param_exceeds_allowed_size");
        assertThat(refused.meta())
                .containsEntry("param_name", "private_metadata")
                .containsEntry("limit", "8192");
    }

    /** 26 fit as they are kept, with all digits. What is kept can be merged into again. */
    @ThroughEachDoor
    void metadataOfLongNumbersStaysWithinTheLimit(Via door) {
        String id = instance.organization();

        call(
                door,
                "UpdateOrganizationMetadata",
                "organization_id",
                id,
                "public_metadata",
                args("n", nCopies(26, 1e300)));
        call(door, "UpdateOrganizationMetadata", "organization_id", id, "public_metadata", args("k", "v"));
        Refused refused = refused(
                door,
                "UpdateOrganizationMetadata",
                "organization_id",
                id,
                "public_metadata",
                args("n", nCopies(30, 1e300)));

        assertThat(refused.code()).isEqualTo("form_param_exceeds_allowed_size");
        assertThat(TestDatabase.number("SELECT length(public_metadata::text) FROM organization WHERE id = ?", id))
                .isLessThanOrEqualTo(8192);
    }

    @ThroughEachDoor
    void aMergeThatGrowsBeyondTheLimitIsRefused(Via door) {
        String id = instance.organization();
        call(door, "UpdateOrganizationMetadata", "organization_id", id, "public_metadata", args("a", "v".repeat(5000)));

        assertThat(refused(
                                door,
                                "UpdateOrganizationMetadata",
                                "organization_id",
                                id,
                                "public_metadata",
                                args("b", "v".repeat(5000)))
                        .code())
                .isEqualTo("form_param_exceeds_allowed_size");
    }

    @ThroughEachDoor
    void aDeletionLeavesTheNameOfWhatWasThere(Via door) {
        JsonNode created = call(door, "CreateOrganization", "name", "Acme", "slug", "acme");
        String id = created.get("id").asText();

        JsonNode deleted = call(door, "DeleteOrganization", "organization_id", id);

        assertThat(deleted.get("object").asText()).isEqualTo("organization");
        assertThat(deleted.get("id").asText()).isEqualTo(id);
        assertThat(deleted.get("slug").asText()).isEqualTo("acme");
        assertThat(refused(door, "DeleteOrganization", "organization_id", id).code())
                .isEqualTo("resource_not_found");
    }

    @ThroughEachDoor
    void withItsDeletionItsMembershipsAreGoneForEveryReader(Via door) {
        String id = instance.organization();
        String user = instance.member(id, "org:admin");

        call(door, "DeleteOrganization", "organization_id", id);

        assertThat(refused(door, "GetOrganization", "organization_id", id).code())
                .isEqualTo("resource_not_found");
        assertThat(refused(door, "GetMembership", "organization_id", id, "user_id", user)
                        .code())
                .isEqualTo("resource_not_found");
        assertThat(list(door, "ListMemberships", "user_id", user).items()).isEmpty();
        assertThat(list(door, "ListMemberships").items()).isEmpty();
        assertThat(list(door, "ListOrganizations").items()).isEmpty();
        assertThat(refused(door, "CreateMembership", "organization_id", id, "user_id", user, "role", "org:admin")
                        .code())
                .isEqualTo("resource_not_found");
        assertThat(call(
                                door,
                                "CheckPermission",
                                "organization_id",
                                id,
                                "user_id",
                                user,
                                "permission",
                                "org:sys_memberships:read")
                        .get("allowed")
                        .asBoolean())
                .isFalse();
    }

    @ThroughEachDoor
    void aDeletedOneIsClearedAwayWithAnEventForEachMember(Via door) {
        String id = instance.organization();
        instance.member(id, "org:admin");
        instance.member(id, "org:member");
        long before = lastEvent();

        call(door, "DeleteOrganization", "organization_id", id);

        Eventually.until(
                "it is cleared away",
                () -> TestDatabase.number("SELECT count(*) FROM organization WHERE id = ?", id) == 0);
        assertThat(eventsSince(before))
                .extracting(Event::type)
                .containsExactly(
                        "organization.deleted", "organizationMembership.deleted", "organizationMembership.deleted");
        assertThat(eventsSince(before)).extracting(Event::sequence).containsExactly(4L, 5L, 6L);
        assertThat(TestDatabase.number("SELECT count(*) FROM membership WHERE organization_id = ?", id))
                .isZero();
    }
}
