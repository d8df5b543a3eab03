package dev.membership.domain.membership;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Etag;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.event.Events;
import dev.membership.domain.input.Input;
import dev.membership.domain.membership.MembershipCommands.Delete;
import dev.membership.domain.membership.MembershipCommands.Key;
import dev.membership.domain.membership.MembershipCommands.MergeMetadata;
import dev.membership.domain.membership.MembershipCommands.UpdateRole;
import dev.membership.domain.metadata.Metadata;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.organization.OrganizationCounters;
import dev.membership.domain.organization.OrganizationCounters.Counts;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who belongs to which organization: reading, changing and removing members. */
@ApplicationScoped
public class Memberships {
    public static final int MAX_BATCH = 1_000;

    private final Operations operations;
    private final Access access;
    private final Database database;
    private final OrganizationCounters counters;
    private final MembershipRepository repository;
    private final Events events;
    private final Clock clock;

    Memberships(
            Operations operations,
            Access access,
            Database database,
            OrganizationCounters counters,
            MembershipRepository repository,
            Events events,
            Clock clock) {
        this.operations = operations;
        this.access = access;
        this.database = database;
        this.counters = counters;
        this.repository = repository;
        this.events = events;
        this.clock = clock;
    }

    /** Reads one membership: one statement for a backend, one more for a user. */
    public MembershipView get(Caller caller, String organization, String user) {
        return operations.read(caller, Operation.GET_MEMBERSHIP, () -> {
            String organizationId = Input.reference("organization_id", organization);
            String userId = Input.reference("user_id", user);
            access.requireSelfOr(caller, organizationId, userId, Access.READ_MEMBERS, Access.MANAGE_MEMBERS);
            return find(caller, organizationId, userId)
                    .orElseThrow(Memberships::absent)
                    .visibleTo(caller);
        });
    }

    /** Reads up to {@value #MAX_BATCH} memberships by one statement; those that are not there are left out. */
    public Map<Key, MembershipView> getAll(Caller caller, List<Key> keys) {
        return operations.read(caller, Operation.BATCH_GET_MEMBERSHIPS, () -> {
            List<Key> asked = Input.batch("keys", keys, MAX_BATCH);
            List<String> organizations = asked.stream()
                    .map(key -> Input.reference("keys.organization_id", key.organizationId()))
                    .toList();
            List<String> users = asked.stream()
                    .map(key -> Input.reference("keys.user_id", key.userId()))
                    .toList();
            return database
                    .list(
                            Sql.of(
                                    MembershipView.SELECT
                                            + " JOIN unnest(?, ?) AS asked (organization_id, user_id) ON asked.organization_id = m.organization_id"
                                            + " AND asked.user_id = m.user_id WHERE m.instance_id = ?",
                                    organizations,
                                    users,
                                    caller.instanceId()),
                            MembershipView::read)
                    .stream()
                    .collect(Collectors.toMap(
                            found -> new Key(
                                    found.organization().id(), found.user().userId()),
                            Function.identity(),
                            (one, same) -> one));
        });
    }

    /**
     * Gives a member another role.
     *
     * @throws Refusal {@code organization_minimum_permissions_needed}, {@code conflict}
     */
    public MembershipView updateRole(Caller caller, @Nullable String requestId, UpdateRole command) {
        Call call = new Call(caller, Operation.UPDATE_MEMBERSHIP, requestId);
        return operations.write(call, command, MembershipView.class, () -> {
            String organizationId = Input.reference("organization_id", command.organizationId());
            String userId = Input.reference("user_id", command.userId());
            String roleKey = Input.reference("role", command.role());
            access.require(caller, organizationId, Access.MANAGE_MEMBERS);
            MemberRole role = role(caller, roleKey);
            MembershipView before = lock(call, organizationId, userId, command.etag());
            if (before.role().id().equals(role.id())) {
                return before.visibleTo(caller);
            }
            Counts counts =
                    counters.change(caller, organizationId, 0, before.role().elevationTo(role));
            MembershipView after = before.withRole(role, Input.now(clock), counts);
            repository.saveRole(caller.instanceId(), after);
            record(call, counts, "organizationMembership.updated", before, after);
            return after.visibleTo(caller);
        });
    }

    /** Merges metadata into a member's, see {@link Metadata#merge}. */
    public MembershipView mergeMetadata(Caller caller, @Nullable String requestId, MergeMetadata command) {
        Call call = new Call(caller, Operation.UPDATE_MEMBERSHIP_METADATA, requestId);
        return operations.write(call, command, MembershipView.class, () -> {
            String organizationId = Input.reference("organization_id", command.organizationId());
            String userId = Input.reference("user_id", command.userId());
            Counts counts = counters.nextEvent(caller, organizationId);
            MembershipView before = find(caller, organizationId, userId).orElseThrow(Memberships::absent);
            Etag.require(command.etag(), before.version());
            MembershipView after = before.withMetadata(
                    before.publicMetadata().merge("public_metadata", command.publicMetadata()),
                    before.privateMetadata().merge("private_metadata", command.privateMetadata()),
                    Input.now(clock));
            repository.saveMetadata(caller.instanceId(), after);
            record(call, counts, "organizationMembership.updated", before, after);
            return after;
        });
    }

    /**
     * Removes a member, or lets one leave.
     *
     * @return what was removed; empty where there was nothing and that was allowed
     * @throws Refusal {@code organization_minimum_permissions_needed}, {@code conflict}
     */
    public Optional<MembershipView> delete(Caller caller, @Nullable String requestId, Delete command) {
        Call call = new Call(caller, Operation.DELETE_MEMBERSHIP, requestId);
        return Optional.ofNullable(operations.write(call, command, MembershipView.class, () -> {
            String organizationId = Input.reference("organization_id", command.organizationId());
            String userId = Input.reference("user_id", command.userId());
            access.requireSelfOr(caller, organizationId, userId, Access.MANAGE_MEMBERS);
            counters.lock(caller, organizationId);
            Optional<MembershipView> found = find(caller, organizationId, userId);
            if (found.isEmpty() && command.allowMissing()) {
                return null;
            }
            MembershipView before = found.orElseThrow(Memberships::absent);
            Etag.require(command.etag(), before.version());
            Counts counts =
                    counters.change(caller, organizationId, -1, before.role().elevated() ? -1 : 0);
            repository.remove(caller.instanceId(), before);
            record(call, counts, "organizationMembership.deleted", before, null);
            return before.withCounts(counts).visibleTo(caller);
        }));
    }

    /** A role to be given; it cannot lose its permissions or be deleted until the transaction ends. */
    private MemberRole role(Caller caller, String key) {
        return database.first(
                        Sql.of(
                                "SELECT " + MemberRole.COLUMNS
                                        + " FROM role r WHERE r.instance_id = ? AND r.key = ? FOR KEY SHARE",
                                caller.instanceId(),
                                key),
                        MemberRole::read)
                .orElseThrow(() -> Refusal.notFound("role", "role"));
    }

    private MembershipView lock(Call call, String organizationId, String userId, @Nullable String etag) {
        counters.lock(call.caller(), organizationId);
        MembershipView found = find(call.caller(), organizationId, userId).orElseThrow(Memberships::absent);
        Etag.require(etag, found.version());
        return found;
    }

    private Optional<MembershipView> find(Caller caller, String organizationId, String userId) {
        return database.first(
                Sql.of(
                        MembershipView.SELECT + " WHERE m.instance_id = ? AND m.organization_id = ? AND m.user_id = ?",
                        caller.instanceId(),
                        organizationId,
                        userId),
                MembershipView::read);
    }

    private static Refusal absent() {
        return Refusal.notFound("membership", "user_id");
    }

    private void record(
            Call call, Counts counts, String type, @Nullable MembershipView before, @Nullable MembershipView after) {
        MembershipView subject = after == null ? before : after;
        events.append(
                call,
                subject.organization().id(),
                counts.sequence(),
                new Events.Change(type, subject.id(), before, after));
    }
}
