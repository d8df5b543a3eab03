package dev.membership.service.cost;

import static dev.membership.service.support.Door.args;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.GrpcDoor;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.Issuer;
import dev.membership.service.support.Scene;
import dev.membership.service.support.Scene.Purpose;
import dev.membership.service.support.TestDatabase;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What each operation costs in SQL statements, as PostgreSQL counts them: the same where an organization has 10 members,
 * a role 10 holders and a user 3 organizations as where they have 10,000 and 300, and no more than is written here.
 */
@QuarkusTest
class StatementCountTest extends DoorTest {
    /** How much there is of everything. */
    private record Size(int members, int organizations) {}

    private static final Size FEW = new Size(10, 3);
    private static final Size MANY = new Size(10_000, 300);

    /** Called last, and in this order, because they remove what the others need. */
    private static final List<String> REMOVALS = List.of(
            "RemovePermission",
            "UpdateRole",
            "DeleteRole",
            "DeletePermission",
            "DeleteMembership",
            "DeleteUser",
            "DeleteOrganization",
            "RevokeSecretKey",
            "DeleteTokenIssuer");

    /** Statements by operation, and by the member of its oneof. */
    private static final Map<String, Long> COSTS = Map.ofEntries(
            entry("AssignPermission", 8L),
            entry("AssignPermission that all members gain", 10L),
            entry("BatchCheckPermissions", 1L),
            entry("BatchCheckPermissions of 100", 1L),
            entry("BatchGetMemberships", 1L),
            entry("BatchGetMemberships of 100", 1L),
            entry("BatchGetUsers", 1L),
            entry("CheckPermission", 1L),
            entry("CreateInstance", 7L),
            entry("CreateMembership", 2L),
            entry("CreateMembership repeated", 2L),
            entry("CreateMembership with a request id", 4L),
            entry("CreateOrganization", 8L),
            entry("CreatePermission", 2L),
            entry("CreateRole", 8L),
            entry("CreateSecretKey", 1L),
            entry("CreateTokenIssuer", 1L),
            entry("CreateUser", 2L),
            entry("DeleteMembership", 2L),
            entry("DeleteOrganization", 4L),
            entry("DeletePermission", 7L),
            entry("DeleteRole", 4L),
            entry("DeleteTokenIssuer", 2L),
            entry("DeleteUser", 8L),
            entry("GetMembership", 1L),
            entry("GetOrganization by organization_id", 1L),
            entry("GetOrganization by slug", 1L),
            entry("GetOrganizationSettings", 1L),
            entry("GetPermission by key", 1L),
            entry("GetPermission by permission_id", 1L),
            entry("GetRole by key", 1L),
            entry("GetRole by role_id", 1L),
            entry("GetUser by external_id", 1L),
            entry("GetUser by user_id", 1L),
            entry("ImportUsers", 3L),
            entry("ListInstances", 1L),
            entry("ListMemberships", 2L),
            entry("ListMemberships by organization_id", 2L),
            entry("ListMemberships by user_id", 2L),
            entry("ListMemberships with its total", 1L),
            entry("ListMemberships without a total", 1L),
            entry("ListOrganizations", 2L),
            entry("ListOrganizations without a total", 1L),
            entry("ListPermissions", 2L),
            entry("ListRoles", 2L),
            entry("ListSecretKeys", 2L),
            entry("ListTokenIssuers", 2L),
            entry("ListUsers", 2L),
            entry("ListUsers without a total", 1L),
            entry("RemovePermission", 7L),
            entry("RemovePermission that all members lose", 9L),
            entry("ReplaceOrganizationMetadata", 6L),
            entry("RevokeSecretKey", 1L),
            entry("UpdateMembership", 2L),
            entry("UpdateMembership to the role it is", 1L),
            entry("UpdateMembershipMetadata", 2L),
            entry("UpdateOrganization", 7L),
            entry("UpdateOrganizationMetadata", 6L),
            entry("UpdateOrganizationSettings to what they are", 4L),
            entry("UpdateOrganizationSettings", 5L),
            entry("UpdatePermission", 7L),
            entry("UpdateRole", 6L),
            entry("UpdateRole that all members lose by", 11L),
            entry("UpdateTokenIssuer", 2L),
            entry("UpdateUser", 3L),
            entry("UpdateUser renamed", 3L),
            entry("UpsertUser", 3L));

    /** Ends of transactions are not work; the background's statements and looking up the credential are not the operation's. */
    private static final String COUNTED = """
            FROM pg_stat_statements WHERE query !~* '^(begin|commit|rollback|set|show|select 1)'
                AND query NOT LIKE '%pg_stat_statements%' AND query NOT LIKE '%ORDER BY o.deleted_at%'
                AND query NOT LIKE 'DELETE FROM request_record%' AND query NOT LIKE '%pg_total_relation_size%' AND query NOT LIKE '%FROM secret_key WHERE hash%'
                AND query NOT LIKE '%FROM token_issuer WHERE issuer%'
            """;

    private final TestInstance instance = instances().create();
    private final Issuer issuer = new Issuer().registered(grpc(), instance.id(), null);

    /** Another one each time that settings are to change. */
    private int limit = 1_000_000;

    @BeforeEach
    void roomForRoles() {
        Scene.allowManyRoles(instance);
    }

    @Test
    void everyOperationCostsTheSameWithFewAndWithMany() {
        costs(FEW); // once unmeasured: a process's first calls read what it keeps from then on
        Map<String, Long> few = costs(FEW);
        Map<String, Long> many = costs(MANY);

        assertThat(many).isEqualTo(few);
        assertThat(many).isEqualTo(new TreeMap<>(COSTS));
    }

    /** The statement that asks what the user may do. */
    @Test
    void aUserCostsOneStatementMore() {
        userCosts(FEW);
        Map<String, Long> few = userCosts(FEW);

        Map<String, Long> more = new TreeMap<>(COSTS);
        more.keySet().retainAll(few.keySet());
        more.replaceAll((operation, cost) -> cost + 1);

        assertThat(userCosts(MANY)).isEqualTo(few);
        assertThat(few).isEqualTo(more).hasSizeGreaterThan(20);
    }

    @Test
    void aDashboardsReadsCostTheSameWithFewAndWithMany() {
        dashboard(FEW);
        Map<String, Long> few = dashboard(FEW);
        Map<String, Long> many = dashboard(MANY);

        assertThat(many).isEqualTo(few);
        assertThat(many)
                .containsEntry("an organization, its counts, roles and members", 3L)
                .containsEntry("the same for a user", 6L)
                .containsEntry("a user, its memberships and their organizations", 2L)
                .containsEntry("organizations, each with three pages of members", 4L);
    }

    /** The framework's own batching gives every alias the first one's answer. */
    @Test
    void aliasesWithOtherArgumentsHaveOtherAnswers() {
        for (int i = 0; i < 3; i++) {
            String organization = instance.organization(instance.user());
            fill(organization, 5 + i, "org:member");
        }
        List<String> pages = List.of(
                "memberships(first: 1)",
                "memberships(first: 4, orderBy: \"-last_name\")",
                "memberships(first: 4, orderBy: \"+last_name\")",
                "memberships(filter: {role: [\"org:admin\"]})",
                "memberships(last: 2)");
        String nodes = " { nodes { id } totalCount pageInfo { hasNextPage endCursor } }";
        StringBuilder aliased = new StringBuilder("{ listOrganizations(first: 3) { nodes { id ");
        for (int i = 0; i < pages.size(); i++) {
            aliased.append("p")
                    .append(i)
                    .append(": ")
                    .append(pages.get(i))
                    .append(nodes)
                    .append(" ");
        }
        JsonNode together = send(aliased.append("} } }").toString()).at("/listOrganizations/nodes");

        assertThat(together).hasSize(3);
        for (JsonNode organization : together) {
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < pages.size(); i++) {
                JsonNode alone = send("{ getOrganization(id: \""
                                + organization.get("id").asText() + "\") { " + pages.get(i) + nodes + " } }")
                        .at("/getOrganization/memberships");
                assertThat(organization.get("p" + i)).as(pages.get(i)).isEqualTo(alone);
                answers.add(alone.toString());
            }
            assertThat(answers).doesNotHaveDuplicates();
        }
    }

    private Map<String, Long> costs(Size size) {
        Scene scene = scene(size);
        Map<String, Long> costs = new TreeMap<>();
        for (MethodDescriptor method : methods()) {
            for (String variant : Scene.variants(method)) {
                String credential =
                        method.getFile().getPackage().contains("admin") ? Instances.OPERATOR_TOKEN : instance.key();
                if (method.getName().equals("DeleteOrganization")) {
                    measureDeletion(costs, credential, scene);
                    continue;
                }
                measure(
                        costs,
                        name(method, variant),
                        credential,
                        method.getName(),
                        arguments(scene, method, variant, Purpose.BACKEND));
            }
        }
        others(costs, size);
        return costs;
    }

    /** What the same operations cost with other arguments. */
    private void others(Map<String, Long> costs, Size size) {
        Scene scene = scene(size);
        Map<String, Object> check =
                args("organization_id", scene.organization(), "user_id", scene.subject(), "permission", "org:a:b");
        Map<String, Object> key = args("organization_id", scene.organization(), "user_id", scene.subject());
        measure(
                costs,
                "BatchCheckPermissions of 100",
                "BatchCheckPermissions",
                args("checks", Collections.nCopies(100, check)));
        measure(
                costs,
                "BatchGetMemberships of 100",
                "BatchGetMemberships",
                args("keys", Collections.nCopies(100, key)));
        measure(
                costs,
                "ListMemberships without a total",
                "ListMemberships",
                args("organization_id", scene.organization(), "page_size", 50));
        measure(
                costs,
                "ListMemberships with its total",
                "ListMemberships",
                args("organization_id", scene.organization(), "include_total", true));
        measure(costs, "ListOrganizations without a total", "ListOrganizations", args("page_size", 50));
        measure(costs, "ListUsers without a total", "ListUsers", args("page_size", 50));
        Map<String, Object> joining = args(
                "organization_id",
                scene.organization(),
                "user_id",
                scene.joining(),
                "role",
                "org:member",
                "request_id",
                Instances.unique("r"));
        measure(costs, "CreateMembership with a request id", "CreateMembership", joining);
        measure(costs, "CreateMembership repeated", "CreateMembership", joining);
        measure(
                costs,
                "UpdateMembership to the role it is",
                "UpdateMembership",
                args("organization_id", scene.organization(), "user_id", scene.joining(), "role", "org:member"));
        Map<String, Object> settings = args("max_allowed_memberships", ++limit);
        measure(costs, "UpdateOrganizationSettings", "UpdateOrganizationSettings", settings);
        measure(costs, "UpdateOrganizationSettings to what they are", "UpdateOrganizationSettings", settings);
        measure(
                costs,
                "UpdateUser renamed",
                "UpdateUser",
                args("user_id", scene.subject(), "fields", args("first_name", "Renamed")));
        List<String> minimum =
                List.of("org:sys_memberships:manage", "org:sys_memberships:read", "org:sys_profile:delete");
        List<String> ids = minimum.stream()
                .map(name -> grpc().call(instance.key(), "GetPermission", args("key", name))
                        .get("id")
                        .asText())
                .toList();
        String strong = Instances.unique("org:strong");
        String role = grpc().call(
                        instance.key(), "CreateRole", args("name", "strong", "key", strong, "permissions", ids))
                .get("id")
                .asText();
        fill(scene.organization(), size.members(), strong);
        measure(
                costs,
                "RemovePermission that all members lose",
                "RemovePermission",
                args("role_id", role, "permission_id", ids.getFirst()));
        measure(
                costs,
                "AssignPermission that all members gain",
                "AssignPermission",
                args("role_id", role, "permission_id", ids.getFirst()));
        measure(
                costs,
                "UpdateRole that all members lose by",
                "UpdateRole",
                args("role_id", role, "permissions", Map.of("ids", List.of())));
    }

    private Map<String, Long> userCosts(Size size) {
        Scene scene = scene(size);
        Map<String, Long> costs = new TreeMap<>();
        String admin = issuer.token(scene.admin());
        String self = issuer.token(scene.subject());
        for (MethodDescriptor method : methods()) {
            for (String variant : Scene.variants(method)) {
                String token = switch (name(method, variant)) {
                    case "CheckPermission",
                            "BatchCheckPermissions",
                            "GetUser by user_id",
                            "GetUser by external_id",
                            "ListMemberships by user_id" -> self;
                    case "CreateOrganization",
                            "GetOrganization by organization_id",
                            "GetOrganization by slug",
                            "UpdateOrganization",
                            "DeleteOrganization",
                            "CreateMembership",
                            "GetMembership",
                            "ListMemberships by organization_id",
                            "UpdateMembership",
                            "DeleteMembership",
                            "ListRoles",
                            "GetRole by role_id",
                            "GetRole by key",
                            "ListPermissions",
                            "GetPermission by permission_id",
                            "GetPermission by key" -> admin;
                    default -> null;
                };
                if (token != null && method.getName().equals("DeleteOrganization")) {
                    measureDeletion(costs, token, scene);
                } else if (token != null) {
                    measure(
                            costs,
                            name(method, variant),
                            token,
                            method.getName(),
                            arguments(scene, method, variant, Purpose.USER));
                }
            }
        }
        return costs;
    }

    private Map<String, Long> dashboard(Size size) {
        Scene scene = scene(size);
        Map<String, Long> costs = new TreeMap<>();
        String organization = """
                { getOrganization(id: "%s") { name membersCount pendingInvitationsCount
                    roles(first: 20) { nodes { key name permissions { key } } }
                    memberships(first: 50) { totalCount nodes { role publicUserData { userId firstName identifier } } } } }
                """.formatted(scene.organization());
        measure(costs, "an organization, its counts, roles and members", () -> send(organization));
        String admin = issuer.token(scene.admin());
        measure(costs, "the same for a user", () -> graphQl().send(admin, organization, Map.of()));
        measure(costs, "a user, its memberships and their organizations", () -> send("""
                { getUser(id: "%s") { firstName memberships(first: 300) { nodes { role organization { name membersCount } } } } }
                """.formatted(scene.subject())));
        measure(
                costs,
                "organizations, each with three pages of members",
                () -> send("""
                { listOrganizations(first: %d) { nodes { name
                    newest: memberships(first: 1) { nodes { id } } oldest: memberships(last: 1) { nodes { id } }
                    admins: memberships(first: 1, filter: {role: ["org:admin"]}) { nodes { id } } } } }
                """.formatted(size.organizations())));
        return costs;
    }

    private JsonNode send(String document) {
        return graphQl().send(instance.key(), document, Map.of()).get("data");
    }

    private Scene scene(Size size) {
        Scene scene = Scene.create(instance);
        fill(scene.organization(), size.members(), "org:member");
        organizations(scene.subject(), size.organizations());
        return scene;
    }

    private static Map<String, Object> arguments(
            Scene scene, MethodDescriptor method, String variant, Purpose purpose) {
        Map<String, Object> arguments = new LinkedHashMap<>(scene.arguments(method, variant, purpose));
        arguments.remove("request_id");
        return arguments;
    }

    private static String name(MethodDescriptor method, String variant) {
        return method.getName() + (variant.isEmpty() ? "" : " by " + variant);
    }

    /** Reads and changes first, what removes things afterwards. */
    private static List<MethodDescriptor> methods() {
        return GrpcDoor.methods().values().stream()
                .sorted(java.util.Comparator.comparing((MethodDescriptor method) -> REMOVALS.indexOf(method.getName()))
                        .thenComparing(method -> !method.getName().matches("(Get|List|Batch|Check).*"))
                        .thenComparing(MethodDescriptor::getName))
                .toList();
    }

    private void measure(Map<String, Long> costs, String name, String operation, Map<String, Object> arguments) {
        measure(costs, name, instance.key(), operation, arguments);
    }

    private void measure(
            Map<String, Long> costs, String name, String credential, String operation, Map<String, Object> arguments) {
        measure(costs, name, () -> grpc().call(credential, operation, arguments));
    }

    private static void measure(Map<String, Long> costs, String name, Runnable call) {
        costs.put(
                name,
                statements(call).values().stream().mapToLong(Long::longValue).sum());
    }

    private static Map<String, Long> statements(Runnable call) {
        Map<String, Long> before = calls();
        call.run();
        Map<String, Long> after = calls();
        before.forEach((query, calls) -> after.merge(query, -calls, Long::sum));
        after.values().removeIf(calls -> calls == 0);
        return after;
    }

    /** Again with another organization where the background began to purge before the count was over. */
    private void measureDeletion(Map<String, Long> costs, String credential, Scene scene) {
        Map<String, Long> counted = Map.of();
        String organization = scene.organization();
        do {
            String deleted = organization;
            counted = statements(() -> grpc().call(credential, "DeleteOrganization", args("organization_id", deleted)));
            awaitPurge();
            organization = instance.organization(scene.admin());
        } while (counted.keySet().stream().anyMatch(query -> query.startsWith("SELECT closed")));
        costs.put(
                "DeleteOrganization",
                counted.values().stream().mapToLong(Long::longValue).sum());
    }

    private void awaitPurge() {
        Eventually.until(
                "purge",
                () -> TestDatabase.number(
                                "SELECT count(*) FROM organization WHERE instance_id = ? AND deleted_at IS NOT NULL",
                                instance.id())
                        == 0);
    }

    private static Map<String, Long> calls() {
        return TestDatabase.query("SELECT query, sum(calls) AS calls " + COUNTED + " GROUP BY query").stream()
                .collect(Collectors.toMap(
                        row -> (String) row.get("query"), row -> ((Number) row.get("calls")).longValue(), Long::sum));
    }

    /** Past the service: the rows are what counts here, not how they came. */
    private void fill(String organization, int members, String role) {
        String suffix = Instances.unique("");
        TestDatabase.execute("""
                INSERT INTO app_user (instance_id, id, first_name, last_name, email_address, created_at, updated_at)
                SELECT '%1$s', 'user_%3$s' || i, 'Ada', 'L' || i, 'ada%3$s' || i || '@example.com', now(), now()
                FROM generate_series(1, %4$d) i;
                INSERT INTO membership (instance_id, id, organization_id, user_id, role_id, created_at, updated_at)
                SELECT '%1$s', 'orgmem_%3$s' || i, '%2$s', 'user_%3$s' || i, r.id, now(), now()
                FROM generate_series(1, %4$d) i JOIN role r ON r.instance_id = '%1$s' AND r.key = '%5$s';
                UPDATE organization_counter SET members_count = members_count + %4$d, elevated_members_count =
                    elevated_members_count + (SELECT elevated::int FROM role WHERE instance_id = '%1$s' AND key = '%5$s') * %4$d
                WHERE organization_id = '%2$s';
                ANALYZE;
                """.formatted(instance.id(), organization, suffix, members, role));
    }

    private void organizations(String user, int count) {
        String suffix = Instances.unique("");
        TestDatabase.execute("""
                INSERT INTO organization (instance_id, id, name, slug, admin_delete_enabled, created_at, updated_at)
                SELECT '%1$s', 'org_%3$s' || i, 'Name', 'slug-%3$s' || i, true, now(), now() FROM generate_series(1, %4$d) i;
                INSERT INTO organization_counter (instance_id, organization_id, max_allowed_memberships, members_count)
                SELECT '%1$s', 'org_%3$s' || i, 0, 1 FROM generate_series(1, %4$d) i;
                INSERT INTO membership (instance_id, id, organization_id, user_id, role_id, created_at, updated_at)
                SELECT '%1$s', 'orgmem_o%3$s' || i, 'org_%3$s' || i, '%2$s', r.id, now(), now()
                FROM generate_series(1, %4$d) i JOIN role r ON r.instance_id = '%1$s' AND r.key = 'org:member';
                """.formatted(instance.id(), user, suffix, count));
    }
}
