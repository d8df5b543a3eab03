package dev.membership.domain.organization;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The one row of an organization that all its changes go through. Its lock is what makes the quota and the rule of the
 * last holder of the minimum permissions hold, the counts exact and the events' sequence free of gaps.
 *
 * <p>Order of locks, everywhere: an instance's settings, then users, then roles, then this row (several: by organization id),
 * then memberships.
 */
@ApplicationScoped
public class OrganizationCounters {
    /** What a statement selects for {@link #counts}, with {@code c} for the counter. */
    public static final String COUNTS =
            "c.members_count, c.pending_invitations_count, c.max_allowed_memberships, c.elevated_members_count, c.event_sequence";

    private final Database database;

    OrganizationCounters(Database database) {
        this.database = database;
    }

    /**
     * The counts after a change.
     *
     * @param sequence the number of the latest event; if several were reserved, the last of them
     */
    public record Counts(
            int members, int pendingInvitations, int maxAllowedMemberships, int elevatedMembers, long sequence) {
        /** As they were before the latest so many members were added, of whom some hold the minimum permissions. */
        public Counts before(int added, int elevated) {
            return new Counts(
                    members - added,
                    pendingInvitations,
                    maxAllowedMemberships,
                    elevatedMembers - elevated,
                    sequence - added);
        }
    }

    /** Begins the counts of an organization that the present transaction has created; its creation is event 1. */
    Counts open(Caller caller, String organizationId, int maxAllowedMemberships) {
        database.execute(Sql.of("""
                INSERT INTO organization_counter (instance_id, organization_id, max_allowed_memberships, event_sequence)
                VALUES (?, ?, ?, 1)
                """, caller.instanceId(), organizationId, maxAllowedMemberships));
        return new Counts(0, 0, maxAllowedMemberships, 0, 1);
    }

    /** Keeps an organization from being changed by others until the present transaction ends. */
    void lock(Caller caller, String organizationId) {
        if (database.first(locking(caller, organizationId, Sql.of("true")), OrganizationCounters::counts)
                .isEmpty()) {
            throw absent(caller);
        }
    }

    /** Ends all changes in an organization but the removal of its members. */
    Counts close(Caller caller, String organizationId) {
        return database.first(
                        Sql.of("UPDATE organization_counter c SET closed = true, event_sequence = event_sequence + 1")
                                .add(whereOpen(caller, organizationId))
                                .add(" RETURNING " + COUNTS),
                        OrganizationCounters::counts)
                .orElseThrow(() -> absent(caller));
    }

    /** The present counts of an organization that is open, without waiting for who changes it. */
    public Counts of(Caller caller, String organizationId) {
        return database.first(
                        Sql.of("SELECT " + COUNTS + " FROM organization_counter c")
                                .add(whereOpen(caller, organizationId)),
                        OrganizationCounters::counts)
                .orElseThrow(() -> absent(caller));
    }

    /**
     * The statement that counts new members, where a condition holds and there is room for all of them, as a part of one that
     * does more.
     *
     * @param elevatedMembers how many of them hold the minimum permissions
     * @return with {@link #COUNTS} as its columns
     */
    public Sql addingMembers(Caller caller, String organizationId, int members, int elevatedMembers, Sql condition) {
        return counting(members, elevatedMembers, members)
                .add(whereOpen(caller, organizationId))
                .add(" AND ")
                .add(condition)
                .add("""
                         AND (c.max_allowed_memberships = 0
                            OR c.members_count + c.pending_invitations_count + ? <= c.max_allowed_memberships)
                        RETURNING\s""" + COUNTS, members);
    }

    /**
     * The statement that begins a change in an organization, as a part of one that does more, where a condition holds: from
     * then on nobody else changes it until the transaction ends.
     */
    public Sql locking(Caller caller, String organizationId, Sql condition) {
        return Sql.of("SELECT " + COUNTS + " FROM organization_counter c")
                .add(whereOpen(caller, organizationId))
                .add(" AND ")
                .add(condition)
                .add(" FOR UPDATE");
    }

    /**
     * SQL condition: a decrease is allowed only if a holder remains, or there was none.
     *
     * @param elevatedMembers how many more members hold the minimum permissions; negative: fewer
     * @param locked name of the part that is {@link #locking}
     */
    public Sql leavesSomeoneElevated(int elevatedMembers, String locked) {
        return Sql.of(
                "(? >= 0 OR %1$s.elevated_members_count = 0 OR %1$s.elevated_members_count + ? > 0)".formatted(locked),
                elevatedMembers,
                elevatedMembers);
    }

    /**
     * The statement that counts a change of a member that is there, as a part of one that does more.
     *
     * @param condition name of a part before it: where that has no row, nothing is counted
     * @return with {@link #COUNTS} as its columns
     */
    public Sql changing(Caller caller, String organizationId, int members, int elevatedMembers, String condition) {
        return counting(members, elevatedMembers, 1)
                .add(" FROM " + condition)
                .add(whereOpen(caller, organizationId))
                .add(" RETURNING " + COUNTS);
    }

    private static Sql counting(int members, int elevatedMembers, int events) {
        return Sql.of("""
                UPDATE organization_counter c SET members_count = members_count + ?,
                    elevated_members_count = elevated_members_count + ?, event_sequence = event_sequence + ?""", members, elevatedMembers, events);
    }

    /**
     * In SQL, the JSON of something that has an organization, with the counts that a part of the statement has for it.
     *
     * @param json the JSON without them, in SQL of type {@code text}
     * @param counts name of that part
     */
    public static Sql jsonWithCounts(Sql json, String counts) {
        return Sql.of("""
                (SELECT jsonb_set(j, '{organization}', j -> 'organization' || jsonb_build_object(
                        'members_count', %1$s.members_count,
                        'pending_invitations_count', %1$s.pending_invitations_count,
                        'max_allowed_memberships', %1$s.max_allowed_memberships,
                        'elevated_members_count', %1$s.elevated_members_count))
                    FROM (SELECT\s""".formatted(counts)).add(json).add("::jsonb) AS given (j))");
    }

    /** Why {@link #addingMembers} counted nobody. */
    public Refusal whyNotAdded(Caller caller, String organizationId) {
        return full(of(caller, organizationId));
    }

    /** Locks the rows of all organizations that a user belongs to, closed ones too; the caller has locked the user. */
    public void lockAllOf(Caller caller, String userId) {
        database.list(Sql.of("""
                        SELECT organization_id FROM organization_counter
                        WHERE instance_id = ? AND organization_id IN (
                            SELECT organization_id FROM membership WHERE instance_id = ? AND user_id = ?)
                        ORDER BY organization_id FOR UPDATE
                        """, caller.instanceId(), caller.instanceId(), userId), Row::text);
    }

    /** A member who leaves an organization, with a role that holds the minimum permissions or not. */
    public record Leaving(String organizationId, boolean elevated) {}

    /**
     * Counts members out whatever their organizations then lack, closed ones too. The caller holds the rows' locks.
     *
     * @return by organization, the number of the first of the events that its leaving members get, one each
     */
    public Map<String, Long> removeAll(Caller caller, List<Leaving> leaving) {
        record First(String organizationId, long sequence) {}
        return database
                .list(
                        Sql.of(
                                """
                                UPDATE organization_counter c SET members_count = c.members_count - l.members,
                                    elevated_members_count = c.elevated_members_count - l.elevated,
                                    event_sequence = c.event_sequence + l.members
                                FROM (SELECT organization_id, count(*) AS members, count(*) FILTER (WHERE elevated) AS elevated
                                    FROM unnest(?, ?::boolean[]) AS member (organization_id, elevated)
                                    GROUP BY organization_id) l
                                WHERE c.instance_id = ? AND c.organization_id = l.organization_id
                                RETURNING c.organization_id, c.event_sequence - l.members + 1
                                """,
                                leaving.stream().map(Leaving::organizationId).toList(),
                                leaving.stream()
                                        .map(member -> Boolean.toString(member.elevated()))
                                        .toList(),
                                caller.instanceId()),
                        row -> new First(row.text(), row.number()))
                .stream()
                .collect(Collectors.toMap(First::organizationId, First::sequence));
    }

    /**
     * Hands out the number of an event that changes no count.
     *
     * @param maxAllowedMemberships the limit from now on; one below the present count is well: it blocks additions only
     */
    Counts nextEvent(Caller caller, String organizationId, int maxAllowedMemberships) {
        return database.first(
                        Sql.of(
                                        "UPDATE organization_counter c SET event_sequence = event_sequence + 1,"
                                                + " max_allowed_memberships = ?",
                                        maxAllowedMemberships)
                                .add(whereOpen(caller, organizationId))
                                .add(" RETURNING " + COUNTS),
                        OrganizationCounters::counts)
                .orElseThrow(() -> absent(caller));
    }

    /** What a caller is told of an organization that is not there: a user cannot tell it from one it is not in. */
    public static Refusal absent(Caller caller) {
        return caller.isBackend()
                ? Refusal.notFound("organization", "organization_id")
                : new Refusal(ErrorCode.ORGANIZATION_NOT_FOUND_OR_UNAUTHORIZED);
    }

    private static Sql whereOpen(Caller caller, String organizationId) {
        return Sql.of(
                " WHERE c.instance_id = ? AND c.organization_id = ? AND NOT c.closed",
                caller.instanceId(),
                organizationId);
    }

    private static Refusal full(Counts counts) {
        return new Refusal(
                ErrorCode.ORGANIZATION_MEMBERSHIP_QUOTA_EXCEEDED,
                Map.of("max_allowed_memberships", counts.maxAllowedMemberships()));
    }

    public static Counts counts(Row row) throws SQLException {
        return new Counts(row.integer(), row.integer(), row.integer(), row.integer(), row.number());
    }
}
