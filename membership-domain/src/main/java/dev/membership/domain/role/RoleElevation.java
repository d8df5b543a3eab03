package dev.membership.domain.role;

import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.Refusal;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * What becomes of organizations when a role gains or loses the minimum permissions: the count of members who hold them,
 * and the rule that the last one stays.
 */
@ApplicationScoped
class RoleElevation {
    private final Database database;

    RoleElevation(Database database) {
        this.database = database;
    }

    /**
     * Counts the role's members in or out. The caller has locked the role, which kept everyone from giving it to more
     * members, and has changed its permissions.
     *
     * @throws Refusal {@code organization_minimum_permissions_needed} when an organization would be left with no holder
     */
    void changed(String instanceId, RoleView role) {
        lockOrganizations(instanceId, role.id());
        if (count(instanceId, role.id(), role.elevated() ? 1 : -1)) {
            throw MinimumPermissions.needed();
        }
    }

    /** A statement of its own: the one that counts must begin after the locks are held, to see what they waited for. */
    private void lockOrganizations(String instanceId, String roleId) {
        database.first(Sql.of("""
                        SELECT count(*) FROM (
                            SELECT 1 FROM organization_counter
                            WHERE instance_id = ? AND organization_id IN (
                                SELECT organization_id FROM membership WHERE instance_id = ? AND role_id = ?)
                            ORDER BY organization_id FOR UPDATE) locked
                        """, instanceId, instanceId, roleId), Row::number);
    }

    /**
     * Each organization counted has a member with the role, so one that comes to zero had a holder before. Those being
     * deleted need none any more, but are counted until they are gone.
     *
     * @return whether an organization has no holder left
     */
    private boolean count(String instanceId, String roleId, int sign) {
        return database.first(Sql.of("""
                                WITH counted AS (
                                    UPDATE organization_counter c
                                    SET elevated_members_count = c.elevated_members_count + ? * m.members
                                    FROM (SELECT organization_id, count(*)::int AS members FROM membership
                                        WHERE instance_id = ? AND role_id = ? GROUP BY organization_id) m
                                    WHERE c.instance_id = ? AND c.organization_id = m.organization_id
                                    RETURNING c.elevated_members_count, c.closed)
                                SELECT EXISTS (SELECT 1 FROM counted WHERE elevated_members_count = 0 AND NOT closed)
                                """, sign, instanceId, roleId, instanceId), Row::flag)
                .orElseThrow();
    }
}
