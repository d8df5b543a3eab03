package dev.membership.service.cost;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.TestDatabase;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What each operation costs in SQL statements, as PostgreSQL counts them, in an organization of 10 members and in one of
 * 10,000: the same, and no more than is written here.
 */
@QuarkusTest
class StatementCountTest extends DoorTest {
    private static final int FEW = 10;
    private static final int MANY = 10_000;

    /** Ends of transactions are not work; the background's statements are not the operation's. */
    private static final String COUNTED = """
            FROM pg_stat_statements WHERE query !~* '^(begin|commit|rollback|set|show|select 1)'
                AND query NOT LIKE '%pg_stat_statements%' AND query NOT LIKE '%deleted_at IS NOT NULL%'
                AND query NOT LIKE 'DELETE FROM request_record%'
            """;

    private final TestInstance instance = instances().create();

    @Test
    void everyOperationCostsTheSameWithFewAndWithManyMembers() {
        costs(FEW); // once unmeasured: the first call of a process looks up its credential and the page tokens' key
        Map<String, Long> few = costs(FEW);
        Map<String, Long> many = costs(MANY);

        assertThat(many).isEqualTo(few);
        assertThat(many)
                .containsEntry("GetMembership", 1L)
                .containsEntry("CheckPermission", 1L)
                .containsEntry("BatchCheckPermissions", 1L)
                .containsEntry("BatchGetMemberships", 1L)
                .containsEntry("ListMemberships of an organization", 1L)
                .containsEntry("ListMemberships with its total", 1L)
                .containsEntry("ListMemberships by text with its total", 2L)
                .containsEntry("ListMemberships of a user", 1L)
                .containsEntry("ListMemberships of the instance", 1L)
                .containsEntry("GetOrganization", 1L)
                .containsEntry("ListOrganizations", 1L)
                .containsEntry("CreateMembership", 4L)
                .containsEntry("UpdateMembership", 6L)
                .containsEntry("UpdateMembershipMetadata", 4L)
                .containsEntry("DeleteMembership", 5L);
    }

    private Map<String, Long> costs(int members) {
        String organization = instance.organization(instance.user());
        fill(organization, members);
        String member = instance.member(organization, "org:member");
        String joining = instance.user();
        Map<String, Object> key = args("organization_id", organization, "user_id", member);
        Map<String, Object> check =
                args("organization_id", organization, "user_id", member, "permission", "org:sys_memberships:read");
        Map<String, Long> costs = new LinkedHashMap<>();
        measure(costs, "GetMembership", "GetMembership", key);
        measure(costs, "CheckPermission", "CheckPermission", check);
        measure(
                costs,
                "BatchCheckPermissions",
                "BatchCheckPermissions",
                args("checks", Collections.nCopies(100, check)));
        measure(costs, "BatchGetMemberships", "BatchGetMemberships", args("keys", Collections.nCopies(100, key)));
        measure(
                costs,
                "ListMemberships of an organization",
                "ListMemberships",
                args("organization_id", organization, "page_size", 50));
        measure(
                costs,
                "ListMemberships with its total",
                "ListMemberships",
                args("organization_id", organization, "include_total", true));
        measure(
                costs,
                "ListMemberships by text with its total",
                "ListMemberships",
                args("organization_id", organization, "include_total", true, "filter", args("query", "ada")));
        measure(costs, "ListMemberships of a user", "ListMemberships", args("user_id", member));
        measure(costs, "ListMemberships of the instance", "ListMemberships", args("page_size", 50));
        measure(costs, "GetOrganization", "GetOrganization", args("organization_id", organization));
        measure(costs, "ListOrganizations", "ListOrganizations", args("page_size", 50));
        measure(
                costs,
                "CreateMembership",
                "CreateMembership",
                args("organization_id", organization, "user_id", joining, "role", "org:member"));
        measure(
                costs,
                "UpdateMembership",
                "UpdateMembership",
                args("organization_id", organization, "user_id", joining, "role", "org:admin"));
        measure(
                costs,
                "UpdateMembershipMetadata",
                "UpdateMembershipMetadata",
                args("organization_id", organization, "user_id", joining, "public_metadata", Map.of("a", 1)));
        measure(
                costs,
                "DeleteMembership",
                "DeleteMembership",
                args("organization_id", organization, "user_id", joining));
        return costs;
    }

    private void measure(Map<String, Long> costs, String name, String operation, Map<String, Object> arguments) {
        Map<String, Long> before = calls();
        grpc().call(instance.key(), operation, arguments);
        Map<String, Long> after = calls();
        before.forEach((query, calls) -> after.merge(query, -calls, Long::sum));
        after.values().removeIf(calls -> calls == 0);
        costs.put(name, after.values().stream().mapToLong(Long::longValue).sum());
    }

    private static Map<String, Long> calls() {
        return TestDatabase.query("SELECT query, sum(calls) AS calls " + COUNTED + " GROUP BY query").stream()
                .collect(Collectors.toMap(
                        row -> (String) row.get("query"), row -> ((Number) row.get("calls")).longValue(), Long::sum));
    }

    /** Past the service: the rows are what counts here, not how they came. */
    private void fill(String organization, int members) {
        String suffix = Instances.unique("");
        TestDatabase.execute("""
                INSERT INTO app_user (instance_id, id, first_name, last_name, email_address, created_at, updated_at)
                SELECT '%1$s', 'user_%3$s' || i, 'Ada', 'L' || i, 'ada%3$s' || i || '@example.com', now(), now()
                FROM generate_series(1, %4$d) i;
                INSERT INTO membership (instance_id, id, organization_id, user_id, role_id, created_at, updated_at)
                SELECT '%1$s', 'orgmem_%3$s' || i, '%2$s', 'user_%3$s' || i, r.id, now(), now()
                FROM generate_series(1, %4$d) i JOIN role r ON r.instance_id = '%1$s' AND r.key = 'org:member';
                UPDATE organization_counter SET members_count = members_count + %4$d WHERE organization_id = '%2$s';
                ANALYZE;
                """.formatted(instance.id(), organization, suffix, members));
    }
}
