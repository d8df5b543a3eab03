package dev.membership.domain.membership;

import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.event.Events;
import dev.membership.domain.operation.Json;
import dev.membership.domain.organization.OrganizationCounters;
import dev.membership.domain.organization.OrganizationCounters.Counts;
import dev.membership.domain.organization.OrganizationView;
import dev.membership.domain.user.PublicUserData;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;

/**
 * The two statements by which members are added to one organization. The first reads what is to be joined. The second writes,
 * unless a user or a role was written since the first read it, or the organization before the second began: then it does nothing,
 * and its caller reads again.
 */
@ApplicationScoped
class MembershipAdditions {
    /** The role and the user that organization {@code o} gets a member of. */
    private static final String ROLE_AND_USER =
            " JOIN role r ON r.instance_id = o.instance_id JOIN app_user u ON u.instance_id = o.instance_id";

    private static final String OF_ORGANIZATION = " WHERE o.instance_id = ? AND o.id = ? AND o.deleted_at IS NULL";

    /** In SQL, the three rows as they were written last: another text as soon as somebody writes one again. */
    private static final String STATE = "concat_ws(' ', o.xmin, u.xmin, r.xmin)";

    private final Database database;
    private final OrganizationCounters counters;
    private final Events events;

    MembershipAdditions(Database database, OrganizationCounters counters, Events events) {
        this.database = database;
        this.counters = counters;
        this.events = events;
    }

    /**
     * A user to be added, by a caller who may.
     *
     * @param roleColumn what names the role, in SQL; the same for all that are added together
     * @param membership makes the membership of what was found; refuses nothing
     */
    record Asked(
            String organizationId,
            String userId,
            String roleColumn,
            String role,
            Function<Candidate, MembershipView> membership) {}

    /** The organization, user and role of a new membership. */
    record Candidate(OrganizationView organization, PublicUserData user, MemberRole role) {}

    /** @param state names the rows of the candidate as they were read: a row that is written since has another */
    record Joining(MembershipView membership, String state) {}

    /**
     * What came of {@link #join}.
     *
     * @param unchanged whether the organization, as the statement began, and all users and roles still were as they had been read
     * @param counts as they became with the last one; null: nobody was added
     */
    record Outcome(boolean unchanged, @Nullable Counts counts) {}

    /** Reads what is to be joined: in the order in which it was asked for, without those of whom something is not there. */
    List<Joining> candidates(Caller caller, String organizationId, List<Asked> asked) {
        return database.list(
                Sql.of(
                                "SELECT a.place, " + STATE + ", " + MemberRole.COLUMNS + ", " + PublicUserData.COLUMNS
                                        + ", "
                                        + OrganizationView.COLUMNS + " FROM organization o "
                                        + OrganizationView.JOIN_COUNTER + ROLE_AND_USER
                                        + " JOIN unnest(?, ?) WITH ORDINALITY AS a (user_id, role, place)"
                                        + " ON a.user_id = u.id AND a.role = "
                                        + asked.getFirst().roleColumn(),
                                texts(asked, Asked::userId),
                                texts(asked, Asked::role))
                        .add(OF_ORGANIZATION + " ORDER BY a.place", caller.instanceId(), organizationId),
                row -> {
                    Asked one = asked.get((int) row.number() - 1);
                    String state = row.text();
                    MemberRole role = MemberRole.read(row);
                    PublicUserData user = PublicUserData.read(row);
                    var candidate = new Candidate(OrganizationView.read(row), user, role);
                    return new Joining(one.membership().apply(candidate), state);
                });
    }

    /** Says which of the three is not there. */
    Refusal missing(Caller caller, String organizationId, String userId) {
        return database.first(Sql.of("""
                                SELECT EXISTS (SELECT 1 FROM organization WHERE instance_id = ? AND id = ? AND deleted_at IS NULL),
                                    EXISTS (SELECT 1 FROM app_user WHERE instance_id = ? AND id = ?)
                                """, caller.instanceId(), organizationId, caller.instanceId(), userId), row -> {
                    if (!row.flag()) {
                        return OrganizationCounters.absent(caller);
                    }
                    return row.flag() ? Refusal.notFound("role", "role") : Refusal.notFound("user", "user_id");
                })
                .orElseThrow();
    }

    /** Why {@link #join} found no room for one: who is a member already is told that, in a full organization too. */
    Refusal whyNotJoined(Caller caller, String organizationId, String userId) {
        boolean member = database.first(
                        Sql.of(
                                "SELECT 1 FROM membership WHERE instance_id = ? AND organization_id = ? AND user_id = ?",
                                caller.instanceId(),
                                organizationId,
                                userId),
                        Row::integer)
                .isPresent();
        return member
                ? new Refusal(ErrorCode.ALREADY_A_MEMBER_IN_ORGANIZATION)
                : counters.whyNotAdded(caller, organizationId);
    }

    /**
     * Writes them, their events and the counts by one statement, if all that was read for them still is as it was and there is
     * room for all.
     */
    Outcome join(Call call, String organizationId, List<Joining> joining) {
        return database.first(joining(call, organizationId, joining), MembershipAdditions::outcome)
                .orElseThrow();
    }

    /** How many of them hold the minimum permissions, up to each. */
    static List<Integer> elevatedUntil(List<Joining> joining) {
        return joining.stream()
                .map(one -> one.membership().role().elevated() ? 1 : 0)
                .gather(Gatherers.scan(() -> 0, Integer::sum))
                .toList();
    }

    /** One statement, so that the organization's counters are locked for no longer than PostgreSQL takes for it. */
    private Sql joining(Call call, String organizationId, List<Joining> joining) {
        int members = joining.size();
        List<Integer> elevated = elevatedUntil(joining);
        return Sql.of(
                        "WITH joining AS (SELECT a.* FROM organization o" + ROLE_AND_USER + """
                         JOIN unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WITH ORDINALITY AS a (state, id, user_id, role_id,
                            public_metadata, private_metadata, created_at, updated_at, after, elevated, place)
                        ON a.user_id = u.id AND a.role_id = r.id AND a.state =\s""" + STATE
                                + OF_ORGANIZATION
                                + " ORDER BY u.id FOR SHARE OF u FOR KEY SHARE OF r), counter AS (",
                        texts(joining, Joining::state),
                        texts(joining, one -> one.membership().id()),
                        texts(joining, one -> one.membership().user().userId()),
                        texts(joining, one -> one.membership().role().id()),
                        texts(joining, one -> one.membership().publicMetadata().json()),
                        texts(joining, one -> one.membership().privateMetadata().json()),
                        texts(joining, one -> one.membership().createdAt().toString()),
                        texts(joining, one -> one.membership().updatedAt().toString()),
                        texts(joining, one -> Json.write(one.membership())),
                        texts(elevated, String::valueOf),
                        call.instanceId(),
                        organizationId)
                .add(counters.addingMembers(
                        call.caller(),
                        organizationId,
                        members,
                        elevated.getLast(),
                        Sql.of("(SELECT count(*) FROM joining) = ?", members)))
                .add("""
                        ), added AS (
                            INSERT INTO membership (instance_id, id, organization_id, user_id, role_id,
                                public_metadata, private_metadata, created_at, updated_at)
                            SELECT ?, id, ?, user_id, role_id, public_metadata::jsonb, private_metadata::jsonb,
                                created_at::timestamptz, updated_at::timestamptz
                            FROM joining, counter
                        ), joined AS (
                            SELECT j.id, j.place, j.after, c.pending_invitations_count, c.max_allowed_memberships,
                                c.members_count - ? + j.place AS members_count,
                                c.event_sequence - ? + j.place AS event_sequence,
                                c.elevated_members_count - ? + j.elevated::int AS elevated_members_count
                            FROM joining j, counter c
                        ), recorded AS (
                        """, call.instanceId(), organizationId, members, members, elevated.getLast())
                .add(events.appending(
                        call,
                        organizationId,
                        "joined",
                        "joined.event_sequence",
                        "organizationMembership.created",
                        Sql.of("joined.id"),
                        Sql.of("NULL::jsonb"),
                        OrganizationCounters.jsonWithCounts(Sql.of("joined.after"), "joined")))
                .add(
                        " ORDER BY joined.place) SELECT (SELECT count(*) FROM joining) = ?, c.event_sequence IS NOT NULL, "
                                + OrganizationCounters.COUNTS + " FROM (SELECT) AS always LEFT JOIN counter c ON true",
                        members);
    }

    private static <T> List<String> texts(List<T> values, Function<T, String> text) {
        return values.stream().map(text).toList();
    }

    private static Outcome outcome(Row row) throws SQLException {
        return new Outcome(row.flag(), row.flag() ? OrganizationCounters.counts(row) : null);
    }
}
