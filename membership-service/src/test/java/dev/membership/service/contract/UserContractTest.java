package dev.membership.service.contract;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Answers;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Refused;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Users one at a time, in batches, and as another system sends them. */
@QuarkusTest
class UserContractTest extends ContractTest {
    private static final Map<String, Object> WHOLE = args(
            "external_id", "ext-1",
            "username", "Ada",
            "first_name", "Ada",
            "last_name", "Lovelace",
            "email_address", "Ada@Example.com",
            "phone_number", "+15551234567",
            "image_url", "https://example.com/a.png",
            "banned", false,
            "create_organization_enabled", false,
            "create_organizations_limit", 3,
            "last_active_at", "2024-05-06T07:08:09.123Z");

    @ThroughEachDoor
    void whatIsCreatedIsReadBackTheSameThroughBothDoors(Via door) {
        JsonNode created = call(door, "CreateUser", "fields", WHOLE);
        String id = created.get("id").asText();

        assertThat(id).matches("user_[0-9A-Za-z]{27}");
        assertThat(Answers.plain(created))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("externalId", "ext-1")
                .containsEntry("username", "Ada")
                .containsEntry("firstName", "Ada")
                .containsEntry("lastName", "Lovelace")
                .containsEntry("emailAddress", "Ada@Example.com")
                .containsEntry("phoneNumber", "+15551234567")
                .containsEntry("imageUrl", "https://example.com/a.png")
                .containsEntry("hasImage", "true")
                .containsEntry("banned", "false")
                .containsEntry("createOrganizationEnabled", "false")
                .containsEntry("createOrganizationsLimit", "3")
                .containsEntry("lastActiveAt", "2024-05-06T07:08:09.123Z");
        for (Via reader : Via.values()) {
            assertThat(Answers.plain(call(reader, "GetUser", "user_id", id))).isEqualTo(Answers.plain(created));
            assertThat(call(reader, "GetUser", "external_id", "ext-1").get("id").asText())
                    .isEqualTo(id);
        }
    }

    @ThroughEachDoor
    void anUnknownOneIsNotFound(Via door) {
        Refused byId = refused(door, "GetUser", "user_id", "user_none");
        Refused byExternalId = refused(door, "GetUser", "external_id", "none");

        assertThat(byId.code()).isEqualTo("resource_not_found");
        assertThat(byId.meta()).containsEntry("resource", "user").containsEntry("param_name", "user_id");
        assertThat(byExternalId.param()).isEqualTo("external_id");
    }

    @ThroughEachDoor
    void identifiersAreUniqueWithoutCase(Via door) {
        call(door, "CreateUser", "fields", WHOLE);

        Map.of(
                        "external_id", "ext-1",
                        "username", "aDA",
                        "email_address", "ada@EXAMPLE.com",
                        "phone_number", "+15551234567")
                .forEach((field, taken) -> {
                    Refused refused = refused(door, "CreateUser", "fields", args(field, taken));

                    assertThat(refused).as(field).isNotNull();
                    assertThat(refused.code()).as(field).isEqualTo("form_identifier_exists");
                    assertThat(refused.param()).isEqualTo(field);
                });
    }

    @ThroughEachDoor
    void textsAreOfABoundedLength(Via door) {
        Map.of(
                        "external_id", 255,
                        "username", 64,
                        "first_name", 256,
                        "last_name", 256,
                        "email_address", 254,
                        "image_url", 2_048)
                .forEach((field, length) -> longest(
                        field,
                        length,
                        Map.of("email_address", "a@b.", "image_url", "https://example.com/")
                                .getOrDefault(field, ""),
                        text -> refused(door, "CreateUser", "fields", args(field, text))));
        longest("id", 64, "user_", text -> refused(door, "CreateUser", "id", text, "fields", args("first_name", "A")));
    }

    @ThroughEachDoor
    void malformedFieldsAreRefused(Via door) {
        Map.of(
                        "email_address", "nobody",
                        "phone_number", "5551234",
                        "image_url", "ftp://example.com",
                        "username", "a b")
                .forEach((field, malformed) -> {
                    Refused refused = refused(door, "CreateUser", "fields", args(field, malformed));

                    assertThat(refused).as(field).isNotNull();
                    assertThat(refused.code()).as(field).isEqualTo("form_param_format_invalid");
                    assertThat(refused.param()).isEqualTo(field);
                });
        assertThat(refused(door, "CreateUser", "fields", args("create_organizations_limit", -1))
                        .code())
                .isEqualTo("form_param_value_invalid");
    }

    @ThroughEachDoor
    void anUpdateChangesWhatIsGivenAndAnEmptyTextRemoves(Via door) {
        String id = call(door, "CreateUser", "fields", WHOLE).get("id").asText();

        JsonNode updated =
                call(door, "UpdateUser", "user_id", id, "fields", args("first_name", "Augusta", "last_name", ""));

        assertThat(updated.get("firstName").asText()).isEqualTo("Augusta");
        assertThat(updated.path("lastName").asText("")).isIn("", "null");
        assertThat(updated.get("emailAddress").asText()).isEqualTo("Ada@Example.com");
    }

    @ThroughEachDoor
    void anUpdateThatChangesNothingLeavesTheEtag(Via door) {
        JsonNode created = call(door, "CreateUser", "fields", WHOLE);
        long last = lastEvent();

        JsonNode updated =
                call(door, "UpdateUser", "user_id", created.get("id").asText(), "fields", args("first_name", "Ada"));

        assertThat(updated).isEqualTo(created);
        assertThat(eventsSince(last)).isEmpty();
    }

    @ThroughEachDoor
    void aChangeWithAStaleEtagIsRefused(Via door) {
        JsonNode created = call(door, "CreateUser", "fields", WHOLE);
        String id = created.get("id").asText();
        String etag = created.get("etag").asText();
        call(door, "UpdateUser", "user_id", id, "fields", args("first_name", "B"), "etag", etag);

        assertThat(refused(door, "UpdateUser", "user_id", id, "fields", args("first_name", "C"), "etag", etag)
                        .code())
                .isEqualTo("conflict");
        assertThat(refused(door, "DeleteUser", "user_id", id, "etag", etag).code())
                .isEqualTo("conflict");
    }

    @ThroughEachDoor
    void whoIsMadeAnewUnderTheSameIdHasAnotherEtag(Via door) {
        String id = Instances.unique("user_mine");
        String etag =
                call(door, "CreateUser", "id", id, "fields", WHOLE).get("etag").asText();
        call(door, "DeleteUser", "user_id", id);
        call(door, "CreateUser", "id", id, "fields", WHOLE);

        assertThat(refused(door, "DeleteUser", "user_id", id, "etag", etag).code())
                .isEqualTo("conflict");
    }

    @ThroughEachDoor
    void aDeletionTakesTheMembershipsAlongWithAnEventForEach(Via door) {
        String user = call(door, "CreateUser", "fields", args("external_id", "ext-9"))
                .get("id")
                .asText();
        String first = instance.organization();
        String second = instance.organization();
        instance.add(first, user, "org:admin");
        instance.add(second, user, "org:member");
        long last = lastEvent();

        JsonNode deleted = call(door, "DeleteUser", "user_id", user);

        assertThat(deleted.get("object").asText()).isEqualTo("user");
        assertThat(deleted.get("id").asText()).isEqualTo(user);
        assertThat(deleted.get("externalId").asText()).isEqualTo("ext-9");
        assertThat(eventsSince(last))
                .extracting(Event::type)
                .containsExactlyInAnyOrder(
                        "organizationMembership.deleted", "organizationMembership.deleted", "user.deleted");
        assertThat(instance.read(first).get("membersCount").asInt()).isZero();
        assertThat(instance.read(first)
                        .get("missingMemberWithElevatedPermissions")
                        .asBoolean())
                .isTrue();
        assertThat(refused(door, "GetUser", "user_id", user).code()).isEqualTo("resource_not_found");
    }

    @ThroughEachDoor
    void anUpsertCreatesOnceAndThenUpdates(Via door) {
        JsonNode created = call(door, "UpsertUser", "fields", args("external_id", "ext-1", "first_name", "Ada"));
        JsonNode updated = call(door, "UpsertUser", "fields", args("external_id", "ext-1", "last_name", "L"));

        assertThat(created.get("created").asBoolean()).isTrue();
        assertThat(updated.get("created").asBoolean()).isFalse();
        assertThat(updated.at("/user/id")).isEqualTo(created.at("/user/id"));
        assertThat(updated.at("/user/firstName").asText()).isEqualTo("Ada");
        assertThat(updated.at("/user/lastName").asText()).isEqualTo("L");
    }

    @ThroughEachDoor
    void anUpsertNeedsAnExternalId(Via door) {
        Refused refused = refused(door, "UpsertUser", "fields", args("first_name", "Ada"));

        assertThat(refused.code()).isEqualTo("form_param_missing");
        assertThat(refused.param()).isEqualTo("external_id");
    }

    @ThroughEachDoor
    void anUpsertDoesNotTakeAnothersAddress(Via door) {
        call(door, "CreateUser", "fields", WHOLE);

        Refused refused =
                refused(door, "UpsertUser", "fields", args("external_id", "ext-2", "email_address", "ada@example.com"));

        assertThat(refused.code()).isEqualTo("form_identifier_exists");
        assertThat(refused.param()).isEqualTo("email_address");
    }

    @ThroughEachDoor
    void anImportWritesTheGoodRowsAndNamesTheOthers(Via door) {
        call(door, "CreateUser", "fields", WHOLE);
        String id = Instances.unique("user_import");

        JsonNode result = call(
                door,
                "ImportUsers",
                "users",
                List.of(
                        args("id", id, "fields", args("first_name", "Kept"), "created_at", "2020-01-01T00:00:00Z"),
                        args("fields", args("external_id", "ext-1", "first_name", "Renamed")),
                        args("fields", args("email_address", "nobody")),
                        args("fields", args("external_id", "ext-3", "email_address", "ada@example.com")),
                        args("id", "org_1", "fields", args("first_name", "X")),
                        args("fields", args("first_name", "Last"))));

        assertThat(result.get("created").asInt()).isEqualTo(2);
        assertThat(result.get("updated").asInt()).isEqualTo(1);
        assertThat(result.get("refused").asInt()).isEqualTo(3);
        assertThat(result.get("refusals"))
                .extracting(refusal -> refusal.get("index").asInt() + " "
                        + refusal.get("reason").asText() + " "
                        + refusal.get("field").asText())
                .containsExactly(
                        "2 FORM_PARAM_FORMAT_INVALID email_address",
                        "3 FORM_IDENTIFIER_EXISTS email_address",
                        "4 FORM_PARAM_FORMAT_INVALID id");
        assertThat(call(door, "GetUser", "user_id", id).get("createdAt").asText())
                .isEqualTo("2020-01-01T00:00:00Z");
        assertThat(call(door, "GetUser", "external_id", "ext-1")
                        .get("firstName")
                        .asText())
                .isEqualTo("Renamed");
        assertThat(refused(door, "GetUser", "external_id", "ext-3").code()).isEqualTo("resource_not_found");
    }

    /** So a whole import may come in any order, as long as its rows come together. */
    @ThroughEachDoor
    void aRowMayTakeWhatALaterOneGivesUp(Via door) {
        call(door, "CreateUser", "fields", WHOLE);

        JsonNode result = call(
                door,
                "ImportUsers",
                "users",
                List.of(
                        args("fields", args("external_id", "ext-2", "email_address", "ada@example.com")),
                        args("fields", args("external_id", "ext-1", "email_address", "ada@example.org"))));

        assertThat(result.get("created").asInt()).isEqualTo(1);
        assertThat(result.get("updated").asInt()).isEqualTo(1);
    }

    @ThroughEachDoor
    void usersMayChangeTheirValuesForEachOthersInOneImport(Via door) {
        List<String> names = List.of("ada", "bob", "cyd");
        for (String name : names) {
            call(door, "CreateUser", "fields", identified(name, name));
        }
        String member = call(door, "GetUser", "external_id", "ada").get("id").asText();
        String organization = instance.organization();
        instance.add(organization, member, "org:member");

        JsonNode result = call(
                door,
                "ImportUsers",
                "users",
                List.of(
                        args("fields", identified("ada", "BOB")),
                        args("fields", identified("bob", "cyd")),
                        args("fields", identified("cyd", "ada")),
                        args("fields", args("external_id", "new", "first_name", "New"))));

        assertThat(result.get("refused").asInt()).isZero();
        assertThat(result.get("updated").asInt()).isEqualTo(3);
        assertThat(result.get("created").asInt()).isEqualTo(1);
        JsonNode ada = call(door, "GetUser", "external_id", "ada");
        assertThat(ada.get("username").asText()).isEqualTo("BOB");
        assertThat(ada.get("emailAddress").asText()).isEqualTo("BOB@example.com");
        assertThat(list(
                                door,
                                "ListMemberships",
                                "organization_id",
                                organization,
                                "filter",
                                args("email_address", List.of("bob@example.com")))
                        .items())
                .hasSize(1);
    }

    @ThroughEachDoor
    void aRowDoesNotTakeWhatAnotherOneKeeps(Via door) {
        for (String name : List.of("ada", "bob", "cyd")) {
            call(door, "CreateUser", "fields", identified(name, name));
        }

        JsonNode result = call(
                door,
                "ImportUsers",
                "users",
                List.of(
                        args("fields", identified("ada", "ada")),
                        args("fields", identified("bob", "ada")),
                        args("fields", args("external_id", "cyd", "username", "cyd", "first_name", "C"))));

        assertThat(result.get("unchanged").asInt()).isEqualTo(1);
        assertThat(result.get("updated").asInt()).isEqualTo(1);
        assertThat(result.at("/refusals/0/index").asInt()).isEqualTo(1);
        for (String name : List.of("ada", "bob", "cyd")) {
            JsonNode user = call(door, "GetUser", "external_id", name);
            assertThat(user.get("username").asText()).isEqualTo(name);
            assertThat(user.get("emailAddress").asText()).isEqualTo(name + "@example.com");
        }
    }

    private static Map<String, Object> identified(String externalId, String name) {
        return args("external_id", externalId, "username", name, "email_address", name + "@example.com");
    }

    @ThroughEachDoor
    void aRepeatedImportCreatesNothingTwice(Via door) {
        List<Map<String, Object>> rows = List.of(
                args("fields", args("external_id", "a", "first_name", "A")),
                args("fields", args("external_id", "b", "first_name", "B")));
        call(door, "ImportUsers", "users", rows);

        JsonNode again = call(door, "ImportUsers", "users", rows);

        assertThat(again.get("created").asInt()).isZero();
        assertThat(again.get("updated").asInt()).isZero();
        assertThat(again.get("unchanged").asInt()).isEqualTo(2);
        assertThat(list(door, "ListUsers").items()).hasSize(2);
    }

    @ThroughEachDoor
    void anEmptyImportIsRefused(Via door) {
        assertThat(refused(door, "ImportUsers", "users", List.of()).code()).isEqualTo("form_param_missing");
    }

    @ThroughEachDoor
    void aBatchIsInTheOrderOfItsIdsAndNamesTheAbsentOnes(Via door) {
        String one = instance.user();
        String two = instance.user();

        JsonNode answer = call(door, "BatchGetUsers", "user_ids", List.of(two, "user_none", one));

        if (door == Via.GRPC) {
            assertThat(answer.get("users"))
                    .extracting(user -> user.get("id").asText())
                    .containsExactly(two, one);
            assertThat(Answers.texts(answer.get("missingUserIds"))).containsExactly("user_none");
        } else {
            assertThat(answer.at("/0/id").asText()).isEqualTo(two);
            assertThat(answer.get(1).isNull()).isTrue();
            assertThat(answer.at("/2/id").asText()).isEqualTo(one);
        }
    }

    @ThroughEachDoor
    void aBatchHasOneToAThousandIds(Via door) {
        assertThat(refused(door, "BatchGetUsers", "user_ids", Collections.nCopies(1001, "user_x"))
                        .code())
                .isEqualTo("bulk_size_exceeded");
        assertThat(refused(door, "BatchGetUsers", "user_ids", List.of()).code()).isEqualTo("form_param_missing");
    }
}
