package dev.membership.domain.event;

import dev.membership.domain.caller.Call;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Sql;
import dev.membership.domain.input.Input;
import dev.membership.domain.operation.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Writes what happened into the outbox, in the transaction in which it happens. */
@ApplicationScoped
public class Events {
    private final Database database;
    private final Clock clock;

    Events(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * @param type as in contract 7, such as {@code organizationMembership.created}
     * @param resourceId id of what changed
     * @param before what it was; null: it was not there
     * @param after what it is; null: it is gone
     */
    public record Change(
            String type,
            String resourceId,
            @Nullable Object before,
            @Nullable Object after) {}

    /**
     * Records a change in an organization.
     *
     * @param sequence the number that {@code OrganizationCounters} handed out for it in this transaction
     */
    public void append(Call call, String organizationId, long sequence, Change change) {
        insert(call, organizationId, sequence, change);
    }

    /** Records a change that belongs to no organization: of a user, a role, a permission. */
    public void append(Call call, Change change) {
        insert(call, null, null, change);
    }

    private void insert(Call call, @Nullable String organizationId, @Nullable Long sequence, Change change) {
        database.execute(Sql.of(
                """
                INSERT INTO outbox_event (instance_id, organization_id, organization_sequence, type, resource_id,
                    before, after, actor_type, actor_id, operation, request_id, occurred_at)
                VALUES (?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?, ?, ?)
                """,
                call.instanceId(),
                organizationId,
                sequence,
                change.type(),
                change.resourceId(),
                change.before() == null ? null : Json.write(change.before()),
                change.after() == null ? null : Json.write(change.after()),
                call.actorType(),
                call.caller().id(),
                call.operation().publicName(),
                call.requestId(),
                Input.now(clock)));
    }
}
