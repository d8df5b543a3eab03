package dev.membership.domain.membership;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.database.Sql;
import dev.membership.domain.organization.OrganizationView;
import dev.membership.domain.paging.Keyset;
import java.util.Collection;

/** The statement that reads a page of the organizations that each of several users belongs to. */
final class OrganizationsPage {
    private OrganizationsPage() {}

    /**
     * Selects for each user its id, and for each membership of its page the membership's id, the keyset's columns and
     * {@link MembershipView#COLUMNS}; of a user without any, nulls.
     */
    static Sql of(Caller caller, Collection<String> userIds, Keyset keyset) {
        return Sql.of("SELECT u.id, m.id, " + keyset.columns() + ", " + MembershipView.COLUMNS + " FROM app_user u ")
                // No NOT IN or NOT EXISTS of deleted organizations: PostgreSQL would read all that there are, for each
                // user.
                .add("""
                        LEFT JOIN LATERAL (SELECT m.* FROM membership m
                            WHERE m.instance_id = u.instance_id AND m.user_id = u.id
                            AND (SELECT true FROM organization x WHERE x.instance_id = m.instance_id
                                AND x.id = m.organization_id AND x.deleted_at IS NOT NULL) IS NULL""")
                .add(keyset.condition())
                .add(keyset.orderAndLimit())
                .add("""
                        ) m ON true
                        LEFT JOIN role r ON r.instance_id = m.instance_id AND r.id = m.role_id
                        LEFT JOIN (organization o""")
                .add(OrganizationView.JOIN_COUNTER)
                .add("""
                        ) ON o.instance_id = m.instance_id AND o.id = m.organization_id
                        WHERE u.instance_id = ? AND u.id = ANY (?)
                        """, caller.instanceId(), userIds)
                .add(keyset.order());
    }
}
