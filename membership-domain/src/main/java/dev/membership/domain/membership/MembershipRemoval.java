package dev.membership.domain.membership;

import dev.membership.domain.caller.Call;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Sql;
import dev.membership.domain.event.Events;
import dev.membership.domain.organization.OrganizationCounters;
import dev.membership.domain.organization.OrganizationCounters.Leaving;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Removes many memberships at once because their user or their organization goes, with an event for each. Never refused
 * for what an organization would lack.
 *
 * <p>No role is locked here: to change whether a role holds the minimum permissions, one needs the locks of all
 * organizations using it, and those are held here.
 */
@ApplicationScoped
public class MembershipRemoval {
    private final Database database;
    private final OrganizationCounters counters;
    private final Events events;

    MembershipRemoval(Database database, OrganizationCounters counters, Events events) {
        this.database = database;
        this.counters = counters;
        this.events = events;
    }

    /** Removes all of a user's, by five statements. The present transaction has locked the user, so that it joins nothing meanwhile. */
    public void ofUser(Call call, String userId) {
        counters.lockAllOf(call.caller(), userId);
        remove(call, Sql.of("m.user_id = ?", userId));
    }

    /**
     * Removes the oldest members of a deleted organization, by four statements. The present transaction has locked its
     * counters.
     *
     * @return how many; fewer than {@code most} when none are left
     */
    public int ofOrganization(Call call, String organizationId, int most) {
        return remove(call, Sql.of("m.organization_id = ? ORDER BY m.created_at, m.id LIMIT ?", organizationId, most));
    }

    private int remove(Call call, Sql condition) {
        List<MembershipView> leaving = database.list(
                Sql.of(MembershipView.SELECT_REMAINING + " WHERE m.instance_id = ? AND ", call.instanceId())
                        .add(condition),
                MembershipView::read);
        if (leaving.isEmpty()) {
            return 0;
        }
        database.execute(Sql.of(
                "DELETE FROM membership WHERE instance_id = ? AND id = ANY (?)",
                call.instanceId(),
                leaving.stream().map(MembershipView::id).toList()));
        Map<String, Long> numbers = new HashMap<>(counters.removeAll(
                call.caller(),
                leaving.stream()
                        .map(membership -> new Leaving(
                                membership.organization().id(),
                                membership.role().elevated()))
                        .toList()));
        events.appendAll(
                call,
                leaving.stream().map(membership -> deleted(membership, numbers)).toList());
        return leaving.size();
    }

    private static Events.Entry deleted(MembershipView membership, Map<String, Long> numbers) {
        String organizationId = membership.organization().id();
        return new Events.Entry(
                organizationId,
                numbers.merge(organizationId, 1L, Long::sum) - 1,
                new Events.Change("organizationMembership.deleted", membership.id(), membership, null));
    }
}
