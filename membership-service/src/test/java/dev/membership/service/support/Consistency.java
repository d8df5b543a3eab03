package dev.membership.service.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

/** What must be true of an instance's rows after anything at all. */
public final class Consistency {
    private Consistency() {}

    /** Looks at the rows of one database. */
    @FunctionalInterface
    public interface Rows {
        List<Map<String, Object>> query(String sql, Object... parameters);
    }

    public static void check(String instanceId) {
        check(TestDatabase::query, instanceId);
    }

    public static void check(Rows rows, String instanceId) {
        assertThat(rows.query("""
                        SELECT c.organization_id, c.members_count, c.elevated_members_count, counted.members, counted.elevated
                        FROM organization_counter c
                        CROSS JOIN LATERAL (
                            SELECT count(*) AS members, count(*) FILTER (WHERE r.elevated) AS elevated FROM membership m
                            JOIN role r ON r.instance_id = m.instance_id AND r.id = m.role_id
                            WHERE m.instance_id = c.instance_id AND m.organization_id = c.organization_id) counted
                        WHERE c.instance_id = ?
                            AND (c.members_count, c.elevated_members_count) IS DISTINCT FROM (counted.members, counted.elevated)
                        """, instanceId))
                .as("counters that differ from the rows they count")
                .isEmpty();
        assertThat(rows.query("""
                        SELECT c.organization_id, c.event_sequence, count(e.id) AS events, max(e.organization_sequence) AS last
                        FROM organization_counter c
                        LEFT JOIN outbox_event e ON e.instance_id = c.instance_id AND e.organization_id = c.organization_id
                        WHERE c.instance_id = ? GROUP BY c.organization_id, c.event_sequence
                        HAVING count(e.id) <> c.event_sequence OR max(e.organization_sequence) <> c.event_sequence
                        """, instanceId))
                .as("organizations whose events have gaps")
                .isEmpty();
        assertThat(rows.query("""
                        SELECT e.organization_id, e.balance, c.members_count FROM (
                            SELECT organization_id, count(*) FILTER (WHERE type = 'organizationMembership.created')
                                - count(*) FILTER (WHERE type = 'organizationMembership.deleted') AS balance
                            FROM outbox_event WHERE instance_id = ? AND organization_id IS NOT NULL GROUP BY organization_id) e
                        JOIN organization_counter c ON c.organization_id = e.organization_id AND c.instance_id = ?
                        WHERE e.balance <> c.members_count
                        """, instanceId, instanceId))
                .as("organizations whose events do not add up to their members")
                .isEmpty();
        assertThat(rows.query("""
                        SELECT m.id FROM membership m JOIN app_user u ON u.instance_id = m.instance_id AND u.id = m.user_id
                        WHERE m.instance_id = ? AND (m.search, m.email_key, m.first_name_key, m.last_name_key, m.username_key,
                            m.phone_key, m.user_banned) IS DISTINCT FROM (u.search, u.email_key, u.first_name_key, u.last_name_key,
                            u.username_key, u.phone_key, u.banned)
                        """, instanceId))
                .as("memberships whose copies of their user are not as the user")
                .isEmpty();
        assertThat(rows.query("""
                        SELECT r.id FROM role r WHERE r.instance_id = ? AND r.permission_keys IS DISTINCT FROM ARRAY(
                            SELECT p.key FROM role_permission rp
                            JOIN permission p ON p.instance_id = rp.instance_id AND p.id = rp.permission_id
                            WHERE rp.instance_id = r.instance_id AND rp.role_id = r.id ORDER BY p.key)
                        """, instanceId))
                .as("roles whose permissions' keys are not those of the permissions they have")
                .isEmpty();
    }
}
