package dev.membership.domain.membership;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Etag;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import dev.membership.domain.membership.MembershipChanges.Change;
import dev.membership.domain.membership.MembershipCommands.Delete;
import dev.membership.domain.membership.MembershipCommands.Key;
import dev.membership.domain.membership.MembershipCommands.MergeMetadata;
import dev.membership.domain.membership.MembershipCommands.UpdateRole;
import dev.membership.domain.metadata.Metadata;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.operation.SharedReads;
import dev.membership.domain.organization.OrganizationCounters;
import dev.membership.domain.organization.OrganizationTurns;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who belongs to which organization: reading, changing and removing members. */
@ApplicationScoped
public class Memberships {
    private static final int MAX_BATCH = 1_000;

    private final Operations operations;
    private final OrganizationTurns turns;
    private final Access access;
    private final Database database;
    private final OrganizationCounters counters;
    private final MembershipChanges changes;
    private final Clock clock;
    private final SharedReads<Key, MembershipView> pointReads = new SharedReads<>(200, this::findAll);

    Memberships(
            Operations operations,
            OrganizationTurns turns,
            Access access,
            Database database,
            OrganizationCounters counters,
            MembershipChanges changes,
            Clock clock) {
        this.operations = operations;
        this.turns = turns;
        this.access = access;
        this.database = database;
        this.counters = counters;
        this.changes = changes;
        this.clock = clock;
    }

    /**
     * Reads one membership: at most one statement for a backend, shared with whoever asks at the same time; one more for a
     * user. Only that one is waited for here.
     */
    public CompletionStage<MembershipView> get(Caller caller, String organization, String user) {
        return operations.readSoon(caller, Operation.GET_MEMBERSHIP, () -> {
            String organizationId = Input.reference("organization_id", organization);
            String userId = Input.reference("user_id", user);
            access.requireSelfOr(caller, organizationId, userId, Access.READ_MEMBERS, Access.MANAGE_MEMBERS);
            return pointReads
                    .read(caller.instanceId(), new Key(organizationId, userId))
                    .thenApply(found -> found.orElseThrow(Memberships::absent).visibleTo(caller));
        });
    }

    /**
     * Reads up to {@value #MAX_BATCH} memberships by one statement.
     *
     * @return those that are there, by the keys as they were given and in their order
     */
    public Map<Key, MembershipView> getAll(Caller caller, List<Key> keys) {
        return operations.read(
                caller,
                Operation.BATCH_GET_MEMBERSHIPS,
                () -> Input.batch(
                        "keys",
                        keys,
                        MAX_BATCH,
                        key -> new Key(
                                Input.reference("keys.organization_id", key.organizationId()),
                                Input.reference("keys.user_id", key.userId())),
                        references -> findAll(caller.instanceId(), references)));
    }

    private Map<Key, MembershipView> findAll(String instanceId, List<Key> keys) {
        return database
                .list(
                        Sql.of(
                                MembershipView.SELECT
                                        + " JOIN unnest(?, ?) AS asked (organization_id, user_id) ON asked.organization_id = m.organization_id"
                                        + " AND asked.user_id = m.user_id WHERE m.instance_id = ?",
                                keys.stream().map(Key::organizationId).toList(),
                                keys.stream().map(Key::userId).toList(),
                                instanceId),
                        MembershipView::read)
                .stream()
                .collect(Collectors.toMap(
                        found -> new Key(found.organization().id(), found.user().userId()),
                        Function.identity(),
                        (one, same) -> one));
    }

    /**
     * Gives a member another role.
     *
     * @throws Refusal {@code organization_minimum_permissions_needed}, {@code conflict}
     */
    public MembershipView updateRole(Caller caller, @Nullable String requestId, UpdateRole command) {
        Call call = new Call(caller, Operation.UPDATE_MEMBERSHIP, requestId);
        return inTurn(call, command.organizationId(), command, () -> {
            Key key = key(command.organizationId(), command.userId());
            String role = Input.reference("role", command.role());
            access.require(caller, key.organizationId(), Access.MANAGE_MEMBERS);
            return Operations.untilUnchanged(() -> {
                        Found found = find(caller, key, role).orElseThrow(() -> absent(caller, key, role));
                        MembershipView before = found.membership();
                        Etag.require(command.etag(), before.etag());
                        MemberRole other = found.otherRole();
                        if (before.role().id().equals(other.id())) {
                            return Optional.of(before);
                        }
                        MembershipView after = before.withRole(other, Input.now(clock));
                        return changes.run(
                                        call,
                                        new Change(
                                                before,
                                                after,
                                                Sql.of("role_id = ?", other.id()),
                                                found.roleStates(),
                                                before.role().elevationTo(other)))
                                .map(after::withCounts);
                    })
                    .visibleTo(caller);
        });
    }

    /** Merges metadata into a member's, see {@link Metadata#merge}. What changes nothing writes nothing. */
    public MembershipView mergeMetadata(Caller caller, @Nullable String requestId, MergeMetadata command) {
        Call call = new Call(caller, Operation.UPDATE_MEMBERSHIP_METADATA, requestId);
        return inTurn(call, command.organizationId(), command, () -> {
            Key key = key(command.organizationId(), command.userId());
            return Operations.untilUnchanged(() -> {
                MembershipView before = find(caller, key, null)
                        .orElseThrow(() -> absent(caller, key, null))
                        .membership();
                Etag.require(command.etag(), before.etag());
                Metadata publicMetadata = before.publicMetadata().merge("public_metadata", command.publicMetadata());
                Metadata privateMetadata =
                        before.privateMetadata().merge("private_metadata", command.privateMetadata());
                if (publicMetadata.equals(before.publicMetadata())
                        && privateMetadata.equals(before.privateMetadata())) {
                    return Optional.of(before);
                }
                MembershipView after = before.withMetadata(publicMetadata, privateMetadata, Input.now(clock));
                Sql assignments = Sql.of(
                        "public_metadata = ?::jsonb, private_metadata = ?::jsonb",
                        after.publicMetadata().json(),
                        after.privateMetadata().json());
                return changes.run(call, new Change(before, after, assignments, List.of(), 0))
                        .map(after::withCounts);
            });
        });
    }

    /**
     * Removes a member, or lets one leave.
     *
     * @return what was removed; empty where there was no such membership, or no such organization, and that was allowed
     * @throws Refusal {@code organization_minimum_permissions_needed}, {@code conflict}
     */
    public Optional<MembershipView> delete(Caller caller, @Nullable String requestId, Delete command) {
        Call call = new Call(caller, Operation.DELETE_MEMBERSHIP, requestId);
        return Optional.ofNullable(inTurn(call, command.organizationId(), command, () -> {
            Key key = key(command.organizationId(), command.userId());
            if (command.allowMissing()) {
                // Who has left is no member any more, and may say so again.
                access.requireSelfAnywhereOr(caller, key.organizationId(), key.userId(), Access.MANAGE_MEMBERS);
            } else {
                access.requireSelfOr(caller, key.organizationId(), key.userId(), Access.MANAGE_MEMBERS);
            }
            return Operations.untilUnchanged(() -> {
                        Optional<Found> found = find(caller, key, null);
                        if (found.isEmpty()) {
                            if (command.allowMissing()) {
                                return Optional.of(Optional.<MembershipView>empty());
                            }
                            throw absent(caller, key, null);
                        }
                        MembershipView before = found.get().membership();
                        Etag.require(command.etag(), before.etag());
                        int elevated = before.role().elevated() ? -1 : 0;
                        return changes.run(
                                        call,
                                        new Change(
                                                before,
                                                null,
                                                Sql.of(""),
                                                found.get().roleStates(),
                                                elevated))
                                .map(counts ->
                                        Optional.of(before.withCounts(counts).visibleTo(caller)));
                    })
                    .orElse(null);
        }));
    }

    private static Key key(String organizationId, String userId) {
        return new Key(Input.reference("organization_id", organizationId), Input.reference("user_id", userId));
    }

    private @Nullable MembershipView inTurn(
            Call call, @Nullable String organizationId, Object command, Supplier<@Nullable MembershipView> work) {
        return turns.take(organizationId, () -> operations.writeAtOnce(call, command, MembershipView.class, work));
    }

    /**
     * A membership to be changed.
     *
     * @param otherRole the role it is to have; null: none was asked for
     * @param roleStates of its role and the other one
     */
    private record Found(
            MembershipView membership, @Nullable MemberRole otherRole, List<String> roleStates) {}

    private Optional<Found> find(Caller caller, Key key, @Nullable String otherRole) {
        return database.first(
                Sql.of("SELECT " + MembershipView.COLUMNS + ", " + MemberRole.columns("other") + ", "
                                + MemberRole.state("r") + ", " + MemberRole.state("other") + MembershipView.FROM)
                        .add(" LEFT JOIN role other ON other.instance_id = m.instance_id AND other.key = ?", otherRole)
                        .add(
                                " WHERE m.instance_id = ? AND m.organization_id = ? AND m.user_id = ?",
                                caller.instanceId(),
                                key.organizationId(),
                                key.userId())
                        .add(otherRole == null ? " " : " AND other.id IS NOT NULL"),
                row -> {
                    MembershipView membership = MembershipView.read(row);
                    MemberRole other = MemberRole.read(row);
                    String state = row.text();
                    return otherRole == null
                            ? new Found(membership, null, List.of(state))
                            : new Found(membership, other, List.of(state, row.text()));
                });
    }

    /** Says which of them is not there. */
    private Refusal absent(Caller caller, Key key, @Nullable String role) {
        if (role != null
                && database.first(
                                Sql.of(
                                        "SELECT 1 FROM role WHERE instance_id = ? AND key = ?",
                                        caller.instanceId(),
                                        role),
                                Row::integer)
                        .isEmpty()) {
            return Refusal.notFound("role", "role");
        }
        counters.of(caller, key.organizationId());
        return absent();
    }

    private static Refusal absent() {
        return Refusal.notFound("membership", "user_id");
    }
}
