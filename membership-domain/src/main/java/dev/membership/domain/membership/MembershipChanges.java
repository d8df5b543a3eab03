package dev.membership.domain.membership;

import dev.membership.domain.caller.Call;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.event.Events;
import dev.membership.domain.operation.Json;
import dev.membership.domain.organization.OrganizationCounters;
import dev.membership.domain.organization.OrganizationCounters.Counts;
import dev.membership.domain.role.MinimumPermissions;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes or removes one member, with its organization's counters and the event, by one statement: the counters are locked
 * for no longer than PostgreSQL takes for it. It does nothing where the membership or a role that matters has been written
 * since it was read; whoever calls reads again then.
 */
@ApplicationScoped
class MembershipChanges {
    private final Database database;
    private final OrganizationCounters counters;
    private final Events events;

    MembershipChanges(Database database, OrganizationCounters counters, Events events) {
        this.database = database;
        this.counters = counters;
        this.events = events;
    }

    /**
     * What is to be done.
     *
     * @param before as it was read
     * @param after null: it is to be removed
     * @param assignments what {@code after} sets, in SQL
     * @param roles {@link MemberRole#state} of the roles whose elevation the counts depend on
     * @param elevatedMembers by how many more members hold the minimum permissions then
     */
    record Change(
            MembershipView before,
            @Nullable MembershipView after,
            Sql assignments,
            List<String> roles,
            int elevatedMembers) {}

    /**
     * What came of the statement.
     *
     * @param counts null: nothing was changed
     * @param refused whether nobody would have been left who holds the minimum permissions
     */
    private record Outcome(@Nullable Counts counts, boolean refused) {}

    /**
     * @return the counts after the change; empty: nothing was changed, since something has been written in between
     * @throws Refusal {@code organization_minimum_permissions_needed}
     */
    Optional<Counts> run(Call call, Change change) {
        Outcome outcome = database.first(statement(call, change), MembershipChanges::outcome)
                .orElseThrow();
        if (outcome.refused()) {
            throw MinimumPermissions.needed();
        }
        return Optional.ofNullable(outcome.counts());
    }

    private Sql statement(Call call, Change change) {
        MembershipView before = change.before();
        MembershipView after = change.after();
        String organizationId = before.organization().id();
        Sql allowed = counters.leavesSomeoneElevated(change.elevatedMembers(), "locked");
        // Locks in their order: roles, counters, membership.
        return Sql.of(
                        "WITH roles AS (SELECT r.id FROM role r WHERE r.instance_id = ? AND " + MemberRole.state("r")
                                + " = ANY (?) AND r.id = ANY (?) ORDER BY r.id FOR KEY SHARE), locked AS (",
                        call.instanceId(),
                        change.roles(),
                        change.roles().stream()
                                .map(state -> state.split(" ")[0])
                                .toList())
                .add(counters.locking(
                        call.caller(),
                        organizationId,
                        Sql.of(
                                "(SELECT count(*) FROM roles) = ?",
                                change.roles().size())))
                .add(
                        "), unchanged AS (SELECT m.id FROM locked JOIN membership m ON m.instance_id = ? AND m.id = ?"
                                + " AND m.version = ? FOR UPDATE OF m), changed AS (",
                        call.instanceId(),
                        before.id(),
                        before.version())
                .add(
                        after == null
                                ? Sql.of("DELETE FROM membership m USING unchanged, locked")
                                : Sql.of(
                                                "UPDATE membership m SET updated_at = ?, version = ?, ",
                                                after.updatedAt(),
                                                after.version())
                                        .add(change.assignments())
                                        .add(" FROM unchanged, locked"))
                .add(" WHERE m.instance_id = ? AND m.id = unchanged.id AND ", call.instanceId())
                .add(allowed)
                .add(" RETURNING m.id), counter AS (")
                .add(counters.changing(
                        call.caller(), organizationId, after == null ? -1 : 0, change.elevatedMembers(), "changed"))
                .add("), recorded AS (")
                .add(events.appending(
                        call,
                        organizationId,
                        "counter, locked",
                        "counter.event_sequence",
                        after == null ? "organizationMembership.deleted" : "organizationMembership.updated",
                        Sql.of("?", before.id()),
                        OrganizationCounters.jsonWithCounts(Sql.of("?", Json.write(before)), "locked"),
                        after == null
                                ? Sql.of("NULL::jsonb")
                                : OrganizationCounters.jsonWithCounts(Sql.of("?", Json.write(after)), "counter")))
                .add(") SELECT c.event_sequence IS NOT NULL, " + OrganizationCounters.COUNTS
                        + ", EXISTS (SELECT FROM unchanged, locked WHERE NOT ")
                .add(allowed)
                .add(") FROM (SELECT) AS always LEFT JOIN counter c ON true");
    }

    private static Outcome outcome(Row row) throws SQLException {
        boolean changed = row.flag();
        Counts counts = OrganizationCounters.counts(row);
        return new Outcome(changed ? counts : null, row.flag());
    }
}
