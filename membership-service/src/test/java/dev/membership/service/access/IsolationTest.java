package dev.membership.service.access;

import static dev.membership.service.support.Door.args;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.membership.service.support.DoorTest;
import dev.membership.service.support.GrpcDoor;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.Issuer;
import dev.membership.service.support.Refused;
import dev.membership.service.support.Scene;
import dev.membership.service.support.Scene.Purpose;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every operation of every service, over both doors, called by everyone who lacks the right to it: no data, nothing
 * written, and no hint, which is to say the answer for what exists is the answer for what does not. Its twin, the callers
 * who have the right, shows that it is the right that decides.
 *
 * <p>Operations come from the contract's descriptors and arguments from {@link Scene} by their fields' names, so a new
 * method or field without its line here fails the test.
 */
@QuarkusTest
class IsolationTest extends DoorTest {
    /** What a user needs for an operation. */
    private enum Right {
        SECRET_KEY,
        ANY_USER,
        MEMBER,
        READ_MEMBERS,
        MANAGE_MEMBERS,
        MANAGE_PROFILE,
        DELETE_PROFILE,
        SELF_OR_READ_MEMBERS,
        SELF_OR_MANAGE_MEMBERS,
        SELF,
        MEMBER_OF_ANY,
        OPERATOR
    }

    private static final Map<String, Right> RIGHTS = Map.ofEntries(
            entry("CreateOrganization", Right.ANY_USER),
            entry("GetOrganization", Right.MEMBER),
            entry("ListOrganizations", Right.SECRET_KEY),
            entry("UpdateOrganization", Right.MANAGE_PROFILE),
            entry("UpdateOrganizationMetadata", Right.SECRET_KEY),
            entry("ReplaceOrganizationMetadata", Right.SECRET_KEY),
            entry("DeleteOrganization", Right.DELETE_PROFILE),
            entry("CreateMembership", Right.MANAGE_MEMBERS),
            entry("GetMembership", Right.SELF_OR_READ_MEMBERS),
            entry("BatchGetMemberships", Right.SECRET_KEY),
            entry("ListMemberships", Right.SECRET_KEY),
            entry("ListMemberships by organization_id", Right.READ_MEMBERS),
            entry("ListMemberships by user_id", Right.SELF),
            entry("UpdateMembership", Right.MANAGE_MEMBERS),
            entry("UpdateMembershipMetadata", Right.SECRET_KEY),
            entry("DeleteMembership", Right.SELF_OR_MANAGE_MEMBERS),
            entry("CheckPermission", Right.SELF),
            entry("BatchCheckPermissions", Right.SELF),
            entry("ListRoles", Right.MEMBER_OF_ANY),
            entry("GetRole", Right.MEMBER_OF_ANY),
            entry("CreateRole", Right.SECRET_KEY),
            entry("UpdateRole", Right.SECRET_KEY),
            entry("DeleteRole", Right.SECRET_KEY),
            entry("AssignPermission", Right.SECRET_KEY),
            entry("RemovePermission", Right.SECRET_KEY),
            entry("ListPermissions", Right.MEMBER_OF_ANY),
            entry("GetPermission", Right.MEMBER_OF_ANY),
            entry("CreatePermission", Right.SECRET_KEY),
            entry("UpdatePermission", Right.SECRET_KEY),
            entry("DeletePermission", Right.SECRET_KEY),
            entry("CreateUser", Right.SECRET_KEY),
            entry("GetUser", Right.SELF),
            entry("BatchGetUsers", Right.SECRET_KEY),
            entry("ListUsers", Right.SECRET_KEY),
            entry("UpdateUser", Right.SECRET_KEY),
            entry("DeleteUser", Right.SECRET_KEY),
            entry("UpsertUser", Right.SECRET_KEY),
            entry("ImportUsers", Right.SECRET_KEY),
            entry("GetOrganizationSettings", Right.SECRET_KEY),
            entry("UpdateOrganizationSettings", Right.SECRET_KEY),
            entry("CreateInstance", Right.OPERATOR),
            entry("ListInstances", Right.OPERATOR),
            entry("CreateSecretKey", Right.OPERATOR),
            entry("ListSecretKeys", Right.OPERATOR),
            entry("RevokeSecretKey", Right.OPERATOR),
            entry("CreateTokenIssuer", Right.OPERATOR),
            entry("ListTokenIssuers", Right.OPERATOR),
            entry("UpdateTokenIssuer", Right.OPERATOR),
            entry("DeleteTokenIssuer", Right.OPERATOR));

    private static final Set<Right> RIGHTS_IN_ONE_ORGANIZATION = Set.of(
            Right.MEMBER,
            Right.READ_MEMBERS,
            Right.MANAGE_MEMBERS,
            Right.MANAGE_PROFILE,
            Right.DELETE_PROFILE,
            Right.SELF_OR_READ_MEMBERS,
            Right.SELF_OR_MANAGE_MEMBERS);

    private final TestInstance victim = instances().create();
    private final Issuer issuer = new Issuer().registered(grpc(), victim.id(), null);
    private Scene scene;
    private String stateQuery;
    private String untouched;

    @BeforeEach
    void aScene() {
        Scene.allowManyRoles(victim);
        scene = Scene.create(victim);
    }

    /** One way to call one operation over one door. */
    private record Way(MethodDescriptor method, String variant, boolean overGrpc) {
        String operation() {
            return method.getName();
        }

        Right right() {
            Right right = RIGHTS.get(operation() + " by " + variant);
            return right == null ? RIGHTS.get(operation()) : right;
        }

        boolean writes() {
            return !operation().matches("(Get|List|BatchGet|Check|BatchCheck).*");
        }

        @Override
        public String toString() {
            return operation() + (variant.isEmpty() ? "" : " by " + variant) + (overGrpc ? ", gRPC" : ", GraphQL");
        }
    }

    @Test
    void everyOperationIsInTheTableAndOnBothDoors() {
        assertThat(GrpcDoor.methods().keySet())
                .containsExactlyInAnyOrderElementsOf(new TreeSet<>(RIGHTS.keySet().stream()
                        .map(operation -> operation.replaceAll(" by .*", ""))
                        .toList()));
        RIGHTS.forEach((operation, right) -> assertThat(graphQl().has(operation.replaceAll(" by .*", "")))
                .as(operation + " over GraphQL")
                .isEqualTo(right != Right.OPERATOR));
    }

    @Test
    void whoeverHasNoValidCredentialLearnsNothing() {
        Issuer stranger = new Issuer();
        var expired = issuer.claims(scene.admin());
        expired.unsetClaim("iat");
        expired.setExpirationTimeMinutesInTheFuture(-2);
        var misattributed = stranger.claims(scene.admin());
        misattributed.setIssuer(issuer.name());
        Map<String, String> credentials = new LinkedHashMap<>();
        credentials.put("nobody", null);
        credentials.put("garbage", "garbage");
        credentials.put("an expired token", issuer.sign(expired));
        credentials.put("a token signed by another key", stranger.sign(misattributed));
        credentials.put("a token of an issuer that is not registered", stranger.token(scene.admin()));
        credentials.put("a revoked key", revokedKey());
        credentials.put("an unknown key", "sk_unknown");
        untouched = state();
        SoftAssertions softly = new SoftAssertions();
        credentials.forEach((who, credential) -> ways().forEach(way -> {
            String code =
                    who.endsWith("key") && !who.startsWith("a token") ? "clerk_key_invalid" : "authentication_invalid";
            refusedAlike(softly, who, credential, way, code);
        }));
        softly.assertAll();
    }

    @Test
    void anotherInstanceIsNotThere() {
        TestInstance foreign = instances().create();
        String organization = foreign.organization(foreign.user());
        String user = foreign.member(organization, "org:admin");
        String token = new Issuer().registered(grpc(), foreign.id(), null).token(user);
        untouched = state();
        SoftAssertions softly = new SoftAssertions();
        for (Way way : ways()) {
            if (way.right() == Right.OPERATOR) {
                refusedAlike(softly, "another instance's key", foreign.key(), way, "authorization_invalid");
                refusedAlike(softly, "another instance's user", token, way, "authorization_invalid");
            } else {
                answeredAlike(softly, "another instance's key", foreign.key(), way);
                answeredAlike(softly, "another instance's user", token, way);
                String code = refusalOfStranger(way);
                if (code != null && way.right() != Right.MEMBER_OF_ANY) {
                    refusedAlike(softly, "another instance's user", token, way, code);
                }
            }
        }
        softly.assertAll();
    }

    @Test
    void aUserOfNoOrganizationAndAMemberOfAnotherOneAreStrangers() {
        String loner = issuer.token(victim.user());
        String elsewhere = issuer.token(victim.member(victim.organization(), "org:admin"));
        untouched = state();
        SoftAssertions softly = new SoftAssertions();
        for (Way way : ways()) {
            String code = refusalOfStranger(way);
            if (code != null) {
                refusedAlike(softly, "a user of no organization", loner, way, code);
                if (way.right() != Right.MEMBER_OF_ANY) {
                    refusedAlike(softly, "a member of another organization", elsewhere, way, code);
                }
            }
        }
        softly.assertAll();
    }

    @Test
    void aPlainMemberMayReadAndNoMore() {
        String member = issuer.token(victim.member(scene.organization(), "org:member"));
        untouched = state();
        SoftAssertions softly = new SoftAssertions();
        for (Way way : ways()) {
            switch (way.right()) {
                case SECRET_KEY, SELF, OPERATOR ->
                    refusedAlike(softly, "a plain member", member, way, "authorization_invalid");
                case MANAGE_MEMBERS, MANAGE_PROFILE, DELETE_PROFILE, SELF_OR_MANAGE_MEMBERS -> {
                    // The organization is the member's own: that it is there is no secret, whom else there is may be
                    // one.
                    softly.assertThat(answer(member, way, scene, Purpose.INTRUDER))
                            .as(way + " by a plain member")
                            .contains("missing_organization_permission")
                            .isEqualTo(answer(member, way, withAbsentUsers(), Purpose.INTRUDER));
                    softly.assertThat(state()).as("rows after " + way).isEqualTo(untouched);
                }
                case MEMBER, READ_MEMBERS, SELF_OR_READ_MEMBERS, MEMBER_OF_ANY ->
                    softly.assertThat(answer(member, way, scene, Purpose.USER))
                            .as(way + " by a plain member")
                            .startsWith("{")
                            .doesNotContain(Scene.HUSH);
                case ANY_USER -> {}
            }
        }
        softly.assertAll();
    }

    @Test
    void keysMayOnlyWhatTheyAreFor() {
        String readOnly = instances().key(victim.id(), true, List.of());
        String forGetRole = instances().key(victim.id(), false, List.of("GetRole"));
        String forGetPermission = instances().key(victim.id(), false, List.of("GetPermission"));
        untouched = state();
        SoftAssertions softly = new SoftAssertions();
        for (Way way : ways()) {
            String other = way.operation().equals("GetRole") ? forGetPermission : forGetRole;
            refusedAlike(softly, "a key for another operation", other, way, "authorization_invalid");
            if (way.right() == Right.OPERATOR) {
                refusedAlike(softly, "a key of the instance", victim.key(), way, "authorization_invalid");
                refusedAlike(softly, "an admin", issuer.token(scene.admin()), way, "authorization_invalid");
                continue;
            }
            refusedAlike(softly, "the operator", Instances.OPERATOR_TOKEN, way, "authorization_invalid");
            if (way.writes()) {
                refusedAlike(softly, "a read-only key", readOnly, way, "authorization_invalid");
            } else {
                softly.assertThat(answer(readOnly, way, scene, Purpose.BACKEND))
                        .as(way + " by a read-only key")
                        .startsWith("{");
            }
        }
        softly.assertAll();
    }

    @Test
    void whoeverHasTheRightSucceeds() {
        SoftAssertions softly = new SoftAssertions();
        for (Way way : ways()) {
            if (way.right() == Right.OPERATOR) {
                softly.assertThat(answer(Instances.OPERATOR_TOKEN, way, fresh(), Purpose.BACKEND))
                        .as(way + " by the operator")
                        .startsWith("{");
                continue;
            }
            softly.assertThat(answer(victim.key(), way, way.writes() ? fresh() : scene, Purpose.BACKEND))
                    .as(way + " by a key")
                    .startsWith("{");
            for (String who : List.of("an admin", "oneself")) {
                Scene of = way.writes() ? fresh() : scene;
                String token = issuer.token(who.equals("oneself") ? of.subject() : of.admin());
                if (mayCall(way.right(), who)) {
                    softly.assertThat(answer(token, way, of, Purpose.USER))
                            .as(way + " by " + who)
                            .startsWith("{")
                            .doesNotContain(Scene.HUSH);
                }
            }
        }
        softly.assertAll();
    }

    /** Who manages an organization could otherwise lift its limit, or keep it from being deleted. */
    @Test
    void whatIsForKeysToSetNoUserMaySend() {
        Map<String, Object> marks =
                args("public_metadata", Map.of(), "private_metadata", Map.of(), "created_at", "2020-01-01T00:00:00Z");
        Map<String, Object> creation = new LinkedHashMap<>(marks);
        creation.putAll(args("id", "org_mine", "created_by", scene.subject(), "max_allowed_memberships", 0));
        Map<String, Object> addition = new LinkedHashMap<>(marks);
        addition.put("id", "orgmem_mine");

        refusedOfUsers("CreateOrganization", args("name", "Mine"), creation);
        refusedOfUsers(
                "UpdateOrganization",
                args("organization_id", scene.organization()),
                args("max_allowed_memberships", 0, "admin_delete_enabled", false));
        refusedOfUsers(
                "CreateMembership",
                args("organization_id", scene.organization(), "user_id", victim.user(), "role", "org:member"),
                addition);
    }

    private void refusedOfUsers(String operation, Map<String, Object> arguments, Map<String, Object> forKeys) {
        String token = issuer.token(scene.admin());
        forKeys.forEach((field, value) -> {
            Map<String, Object> request = new LinkedHashMap<>(arguments);
            request.put(field, value);
            for (Via door : Via.values()) {
                Refused refused = catchThrowableOfType(Refused.class, () -> door.call(token, operation, request));

                assertThat(refused).as(operation + " " + field).isNotNull();
                assertThat(refused.code()).as(operation + " " + field).isEqualTo("form_param_unknown");
                assertThat(refused.param()).isEqualTo(field);
            }
        });
    }

    @Test
    void privateMetadataAndCreatorAreForKeysHoweverDeepTheyAreAskedFor() {
        String document = """
                { organization: getOrganization(id: "%s") { createdBy privateMetadata
                    memberships(first: 10) { nodes { privateMetadata organization { createdBy privateMetadata
                      memberships(first: 10) { nodes { privateMetadata organization { createdBy privateMetadata } } } } } } }
                  listMemberships(userId: "%s") { nodes { privateMetadata organization { createdBy privateMetadata } } }
                  getMembership(organizationId: "%s", userId: "%s") { privateMetadata organization { createdBy privateMetadata } } }
                """.formatted(scene.organization(), scene.subject(), scene.organization(), scene.subject());

        JsonNode keys = graphQl().send(victim.key(), document, Map.of());
        JsonNode users = graphQl().send(issuer.token(scene.subject()), document, Map.of());

        assertThat(keys.toString().split(Scene.HUSH, -1)).hasSizeGreaterThan(8);
        assertThat(users.toString()).contains("privateMetadata").doesNotContain(Scene.HUSH);
        assertThat(keys.toString()).contains("\"createdBy\":\"");
        assertThat(users.toString()).contains("createdBy").doesNotContain("\"createdBy\":\"");
        assertThat(withoutPrivate(keys)).isEqualTo(withoutPrivate(users));
    }

    @Test
    void namesTakenInOneInstanceAreFreeInAnother() {
        TestInstance foreign = instances().create();
        String before = state();

        grpc().call(
                        foreign.key(),
                        "CreateUser",
                        args("id", scene.subject(), "fields", args("external_id", scene.externalId())));
        grpc().call(
                        foreign.key(),
                        "CreateOrganization",
                        args("id", scene.organization(), "name", "taken", "slug", scene.slug()));
        grpc().call(
                        foreign.key(),
                        "CreateMembership",
                        args("organization_id", scene.organization(), "user_id", scene.subject(), "role", "org:admin"));
        grpc().call(foreign.key(), "DeleteOrganization", args("organization_id", scene.organization()));
        grpc().call(foreign.key(), "DeleteUser", args("user_id", scene.subject()));

        assertThat(state()).isEqualTo(before);
    }

    private static boolean mayCall(Right right, String who) {
        boolean self = who.equals("oneself");
        return switch (right) {
            case SECRET_KEY, OPERATOR -> false;
            case MANAGE_MEMBERS, MANAGE_PROFILE, DELETE_PROFILE -> !self;
            case SELF -> self;
            case ANY_USER, MEMBER, READ_MEMBERS, SELF_OR_READ_MEMBERS, SELF_OR_MANAGE_MEMBERS, MEMBER_OF_ANY -> true;
        };
    }

    /** What a user is told who has nothing to do with the organization; null: the operation is open to it. */
    private static String refusalOfStranger(Way way) {
        if (RIGHTS_IN_ONE_ORGANIZATION.contains(way.right())) {
            return "organization_not_found_or_unauthorized";
        }
        return way.right() == Right.ANY_USER ? null : "authorization_invalid";
    }

    private void refusedAlike(SoftAssertions softly, String who, String credential, Way way, String code) {
        String present = answer(credential, way, scene, Purpose.INTRUDER);
        softly.assertThat(present).as(way + " by " + who).startsWith(code + " ");
        softly.assertThat(answer(credential, way, scene.absent(), Purpose.INTRUDER))
                .as(way + " by " + who + ", of what is not there")
                .isEqualTo(present);
        softly.assertThat(state()).as("rows after " + way + " by " + who).isEqualTo(untouched);
    }

    /** For whoever may call the operation, but not on this: its answer holds nothing and tells nothing. */
    private void answeredAlike(SoftAssertions softly, String who, String credential, Way way) {
        Scene absent = scene.absent();
        String present = answer(credential, way, scene, Purpose.INTRUDER);
        softly.assertThat(present.replace(scene.externalId(), "").replace(scene.slug(), ""))
                .as(way + " by " + who)
                .doesNotContain(Scene.MARK)
                .doesNotContain(Scene.HUSH);
        softly.assertThat(masked(present, scene))
                .as(way + " by " + who + ", of what is not there")
                .isEqualTo(masked(answer(credential, way, absent, Purpose.INTRUDER), absent));
        softly.assertThat(state()).as("rows after " + way + " by " + who).isEqualTo(untouched);
    }

    /** The answer's JSON, or the refusal as it was told. */
    private String answer(String credential, Way way, Scene of, Purpose purpose) {
        Map<String, Object> arguments = of.arguments(way.method(), way.variant(), purpose);
        try {
            if (way.overGrpc()) {
                return grpc().call(credential, way.operation(), arguments).toString();
            }
            return way.operation().startsWith("List")
                    ? "{"
                            + graphQl()
                                    .list(credential, way.operation(), arguments)
                                    .items() + "}"
                    : "{" + graphQl().call(credential, way.operation(), arguments) + "}";
        } catch (Refused refused) {
            return refused.getMessage();
        }
    }

    /** Without what differs between any two calls, and without what the caller sent itself. */
    private static String masked(String answer, Scene of) {
        return answer.replace(of.externalId(), "#")
                .replace(of.slug(), "#")
                .replaceAll("(org|user|orgmem|role|perm)_[A-Za-z0-9]{27}", "#")
                .replaceAll("org:k[a-z0-9:]*", "#")
                .replaceAll("\"(slug|username|emailAddress|externalId|phoneNumber|identifier)\":\"[^\"]*\"", "#")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "#")
                .replaceAll("\"etag\":\"v[0-9a-z-]+\"", "#");
    }

    /** Everything of the victim's instance that is in the database, in short. */
    private String state() {
        if (stateQuery == null) {
            stateQuery =
                    TestDatabase.query("""
                            SELECT string_agg(format('SELECT %L AS of, count(*), md5(string_agg(t::text, ''|'' ORDER BY t::text))'
                                || ' FROM %I t WHERE instance_id = %L', table_name, table_name, ?), ' UNION ALL ') AS query
                            FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'instance_id'
                            """, victim.id()).getFirst().get("query").toString();
        }
        return TestDatabase.query(stateQuery).toString();
    }

    private List<Way> ways() {
        List<Way> ways = new ArrayList<>();
        new TreeMap<>(GrpcDoor.methods())
                .values()
                .forEach(method -> Scene.variants(method).forEach(variant -> {
                    ways.add(new Way(method, variant, true));
                    if (graphQl().has(method.getName())) {
                        ways.add(new Way(method, variant, false));
                    }
                }));
        return ways;
    }

    private Scene fresh() {
        return Scene.create(victim);
    }

    private Scene withAbsentUsers() {
        Scene absent = scene.absent();
        return new Scene(
                victim,
                scene.organization(),
                scene.slug(),
                absent.admin(),
                absent.subject(),
                absent.joining(),
                absent.externalId(),
                absent.role(),
                absent.roleKey(),
                absent.assigned(),
                absent.permission(),
                absent.permissionKey(),
                absent.adminRole(),
                absent.memberRole(),
                absent.secretKey(),
                absent.tokenIssuer());
    }

    private String revokedKey() {
        JsonNode created = grpc().call(
                        Instances.OPERATOR_TOKEN,
                        "CreateSecretKey",
                        args("instance_id", victim.id(), "name", "to be revoked"));
        grpc().call(
                        Instances.OPERATOR_TOKEN,
                        "RevokeSecretKey",
                        args(
                                "instance_id",
                                victim.id(),
                                "secret_key_id",
                                created.at("/key/id").asText()));
        return created.get("secret").asText();
    }

    private static String withoutPrivate(JsonNode answer) {
        return answer.toString().replaceAll("\"(privateMetadata|createdBy)\":(null|\"[^\"]*\"|\\{[^}]*})", "");
    }
}
