package dev.membership.domain.organization;

import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.ScopedId;
import dev.membership.domain.database.Sql;
import dev.membership.domain.membership.MembershipRemoval;
import dev.membership.domain.operation.Operations;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Clears away deleted organizations, which nobody sees any more: members first, a batch in each transaction, then the rest.
 * Several processes may do so at once.
 */
@ApplicationScoped
public class OrganizationPurge {
    private final Operations operations;
    private final Database database;
    private final MembershipRemoval memberships;
    private final OrganizationRepository repository;

    OrganizationPurge(
            Operations operations,
            Database database,
            MembershipRemoval memberships,
            OrganizationRepository repository) {
        this.operations = operations;
        this.database = database;
        this.memberships = memberships;
        this.repository = repository;
    }

    /**
     * Removes up to {@code batchSize} members of the organization that was deleted first, and the organization itself
     * once it has none. Their events stay.
     *
     * @return how many members and organizations were removed; 0: nothing is left but what other processes
     *     are removing
     */
    public int purge(int batchSize) {
        return next().map(organization -> purge(organization, batchSize)).orElse(0);
    }

    private int purge(ScopedId organization, int batchSize) {
        Call call = new Call(new Caller.System(organization.instanceId()), Operation.DELETE_ORGANIZATION, null);
        return operations.write(call, organization, Integer.class, () -> {
            if (!lock(organization)) {
                return 0;
            }
            int members = memberships.ofOrganization(call, organization.id(), batchSize);
            if (members == batchSize) {
                return members;
            }
            repository.delete("instanceId = ?1 and id = ?2", organization.instanceId(), organization.id());
            return members + 1;
        });
    }

    /** Only a hint, whose lock ends with it: it lets processes that purge at the same time choose different ones. */
    private Optional<ScopedId> next() {
        return database.first(
                Sql.of("""
                        SELECT o.instance_id, o.id FROM organization o
                        """ + OrganizationView.JOIN_COUNTER + """
                        WHERE o.deleted_at IS NOT NULL ORDER BY o.deleted_at LIMIT 1 FOR UPDATE OF c SKIP LOCKED
                        """), row -> new ScopedId(row.text(), row.text()));
    }

    private boolean lock(ScopedId organization) {
        return database.first(Sql.of("""
                                SELECT closed FROM organization_counter
                                WHERE instance_id = ? AND organization_id = ? FOR UPDATE
                                """, organization.instanceId(), organization.id()), Row::flag)
                .orElse(false);
    }
}
