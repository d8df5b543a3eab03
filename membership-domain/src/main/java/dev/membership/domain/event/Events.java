package dev.membership.domain.event;

import dev.membership.domain.caller.Call;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Sql;
import dev.membership.domain.input.Input;
import dev.membership.domain.operation.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes into the outbox, in the transaction that makes them, after it has locked or written what changes. Thereby
 * the changes of one resource have ids in their order, and a transaction has its own id before any of its events has one. Who
 * reads events in the order of their ids relies on both.
 */
@ApplicationScoped
public class Events {
    private final Database database;
    private final Clock clock;

    Events(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * @param type such as {@code organizationMembership.created}
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
     * A change, and its place in the organization that it belongs to.
     *
     * @param organizationId null, like the sequence: it belongs to none
     * @param sequence the number that {@code OrganizationCounters} handed out for it in this transaction
     */
    public record Entry(
            @Nullable String organizationId, @Nullable Long sequence, Change change) {
        /** A change that belongs to no organization. */
        public Entry(Change change) {
            this(null, null, change);
        }
    }

    /** Records a change in an organization, see {@link Entry}. */
    public void append(Call call, String organizationId, long sequence, Change change) {
        appendAll(call, List.of(new Entry(organizationId, sequence, change)));
    }

    /** Records a change that belongs to no organization: of a user, a role, a permission. */
    public void append(Call call, Change change) {
        appendAll(call, List.of(new Entry(change)));
    }

    /** Records changes in their order, by one statement. */
    public void appendAll(Call call, List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        database.execute(inserting(call)
                .add(
                        """
                e.organization_id, e.sequence::bigint, e.type, e.resource_id, e.before::jsonb, e.after::jsonb
                FROM unnest(?, ?, ?, ?, ?, ?) WITH ORDINALITY
                    AS e (organization_id, sequence, type, resource_id, before, after, place)
                ORDER BY e.place
                """,
                        texts(entries, Entry::organizationId),
                        texts(entries, entry -> entry.sequence() == null ? null : Long.toString(entry.sequence())),
                        texts(entries, entry -> entry.change().type()),
                        texts(entries, entry -> entry.change().resourceId()),
                        texts(entries, entry -> json(entry.change().before())),
                        texts(entries, entry -> json(entry.change().after()))));
    }

    /**
     * The statement that records a change in an organization, as a part of the one that makes it.
     *
     * @param from names of the parts that it reads, of which one has the event's number
     * @param sequence that number, in SQL
     * @param resourceId {@link Change#resourceId}, in SQL
     * @param before {@link Change#before}, in SQL of type {@code jsonb}
     * @param after {@link Change#after}, likewise
     */
    public Sql appending(
            Call call,
            String organizationId,
            String from,
            String sequence,
            String type,
            Sql resourceId,
            Sql before,
            Sql after) {
        return inserting(call)
                .add("?, " + sequence + ", ?, ", organizationId, type)
                .add(resourceId)
                .add(", ")
                .add(before)
                .add(", ")
                .add(after)
                .add(" FROM " + from);
    }

    /** Up to what every event of a call has in common; the rest is selected after it. */
    private Sql inserting(Call call) {
        return Sql.of(
                """
                INSERT INTO outbox_event (instance_id, actor_type, actor_id, operation, request_id, occurred_at,
                    organization_id, organization_sequence, type, resource_id, before, after)
                SELECT ?, ?, ?, ?, ?, ?,\s""",
                call.instanceId(),
                call.actorType(),
                call.caller().id(),
                call.operation().publicName(),
                call.requestId(),
                Input.now(clock));
    }

    private static List<@Nullable String> texts(List<Entry> entries, Function<Entry, @Nullable String> value) {
        return entries.stream().<@Nullable String>map(value).toList();
    }

    private static @Nullable String json(@Nullable Object value) {
        return value == null ? null : Json.write(value);
    }
}
