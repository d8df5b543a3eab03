package dev.membership.domain.membership;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.database.Sql;
import dev.membership.domain.organization.OrganizationView;
import dev.membership.domain.paging.Keyset;
import java.util.Collection;

/** The statement that reads a page of the members of each of several organizations. */
final class MembersPage {
    /** How many members, from the page's place on, a search reads in their order to see how common its text is. */
    private static final int SAMPLE = 1_000;

    /**
     * If the sample suggests that this many members fill the page, they are read in list order; otherwise the trigram index
     * is used, which has to return every match (1.7 us each, against 0.4 to 1 us in order).
     */
    private static final int NEAR = 3_000;

    /** The members of organization {@code o}. */
    private static final String FROM_MEMBERS =
            " FROM membership m WHERE m.instance_id = o.instance_id AND m.organization_id = o.id";

    private MembersPage() {}

    /**
     * Selects for each organization its id, its count of members, and for each member of its page the membership's id, the
     * keyset's columns and {@link MembershipView#COLUMNS}; of an organization without any, nulls.
     */
    static Sql of(
            Caller caller,
            Collection<String> organizationIds,
            MembershipConditions conditions,
            Keyset keyset,
            int size) {
        Sql members = conditions.searches() ? found(conditions.sql(), keyset, size) : inOrder(conditions.sql(), keyset);
        return Sql.of("SELECT o.id, c.members_count, m.id, " + keyset.columns() + ", " + MembershipView.COLUMNS
                        + " FROM organization o " + OrganizationView.JOIN_COUNTER + " LEFT JOIN LATERAL (")
                .add(members)
                .add("""
                        ) m ON true
                        LEFT JOIN role r ON r.instance_id = m.instance_id AND r.id = m.role_id
                        LEFT JOIN app_user u ON u.instance_id = m.instance_id AND u.id = m.user_id
                        WHERE o.instance_id = ? AND o.deleted_at IS NULL AND o.id = ANY (?)
                        """, caller.instanceId(), organizationIds)
                .add(keyset.order());
    }

    private static Sql inOrder(Sql conditions, Keyset keyset) {
        return Sql.of("SELECT m.*" + FROM_MEMBERS)
                .add(conditions)
                .add(keyset.condition())
                .add(keyset.orderAndLimit());
    }

    /**
     * The same rows as {@link #inOrder}, for conditions that search for a text. Many have a common text, so that the
     * order's index soon comes to enough of them, while the search index would return them all to be sorted; with a rare
     * one it is the other way round. Which it is shows in the first {@value #SAMPLE} members. Of the three ways PostgreSQL
     * begins only with those it needs.
     */
    private static Sql found(Sql conditions, Keyset keyset, int size) {
        return Sql.of("WITH sample AS MATERIALIZED (")
                .add(near(SAMPLE, Sql.of("true"), conditions, keyset))
                .add("), near AS MATERIALIZED (")
                .add(near(
                        NEAR,
                        Sql.of("(SELECT count(*) <= ? AND count(*) * ? > ? FROM sample)", size, NEAR / SAMPLE, size),
                        conditions,
                        keyset))
                .add("""
                        ), way AS MATERIALIZED (SELECT CASE
                            WHEN c.members_count <= ? OR (SELECT count(*) > ? FROM sample) THEN 'sample'
                            WHEN (SELECT count(*) > ? FROM near) THEN 'near' ELSE 'index' END AS it)
                        SELECT * FROM sample WHERE (SELECT it FROM way) = 'sample'
                        UNION ALL SELECT * FROM near WHERE (SELECT it FROM way) = 'near'
                        UNION ALL SELECT * FROM (SELECT m.* FROM membership m
                        """, SAMPLE, size, size)
                // "|| ''" leaves the search index as the only one that serves: statistics know neither how
                // common a text is, when plans are kept, nor how large this organization is.
                .add(" WHERE m.instance_id || '' = o.instance_id AND m.organization_id = o.id")
                .add(conditions)
                .add(keyset.condition())
                .add(keyset.orderAndLimit())
                .add(") found WHERE (SELECT it FROM way) = 'index'");
    }

    /** A page of those among the next members in order whom the conditions let through, where it is wanted at all. */
    private static Sql near(int members, Sql wanted, Sql conditions, Keyset keyset) {
        return Sql.of("SELECT m.* FROM (SELECT m.*" + FROM_MEMBERS)
                .add(keyset.condition())
                .add(keyset.order())
                // As a parameter: PostgreSQL would plan for an average organization, and might sort all of a large one.
                .add(" LIMIT ?) m WHERE ", members)
                .add(wanted)
                .add(conditions)
                .add(keyset.orderAndLimit());
    }
}
