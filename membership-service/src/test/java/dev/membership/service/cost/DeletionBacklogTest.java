package dev.membership.service.cost;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.TestDatabase;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked most often costs the same however many organizations are deleted and not yet cleared away. */
@QuarkusTest
class DeletionBacklogTest extends DoorTest {
    private static final int BACKLOG = 5_000;
    /** Blocks of PostgreSQL, far fewer than it takes to look at all of them. */
    private static final int LITTLE = 100;

    private final TestInstance instance = instances().create();
    private final String user = instance.user();
    private final String organization = instance.organization(user);

    /** Without their counters nobody clears them away meanwhile. */
    private void deleteMany() {
        TestDatabase.execute("""
                INSERT INTO organization (instance_id, id, name, slug, admin_delete_enabled, created_at, updated_at, deleted_at)
                SELECT '%s', 'org_deleted' || i, 'Deleted', 'deleted', true, now(), now(), now()
                FROM generate_series(1, %d) i
                """.formatted(instance.id(), BACKLOG));
    }

    @AfterEach
    void clearThemAway() {
        TestDatabase.execute("DELETE FROM organization WHERE deleted_at IS NOT NULL AND instance_id = '%s'"
                .formatted(instance.id()));
    }

    @Test
    void aCheck() {
        costsAsLittle(
                "CheckPermission",
                args("organization_id", organization, "user_id", user, "permission", "org:sys_profile:manage"),
                "%asked (organization_id, user_id, permission%");
    }

    @Test
    void aUsersOrganizations() {
        costsAsLittle("ListMemberships", args("user_id", user), "%FROM app_user u%LATERAL%");
    }

    private void costsAsLittle(String operation, Map<String, Object> request, String statement) {
        long without = blocks(operation, request, statement);
        deleteMany();

        assertThat(blocks(operation, request, statement)).isLessThan(without + LITTLE);
    }

    private long blocks(String operation, Map<String, Object> request, String statement) {
        TestDatabase.execute("SELECT pg_stat_statements_reset()");
        grpc().call(instance.key(), operation, request);
        return TestDatabase.number(
                "SELECT sum(shared_blks_hit + shared_blks_read) FROM pg_stat_statements WHERE query LIKE ?", statement);
    }
}
