package dev.membership.domain.user;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Etag;
import dev.membership.domain.database.ScopedId;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.event.Events;
import dev.membership.domain.identifier.Ids;
import dev.membership.domain.input.Input;
import dev.membership.domain.membership.MembershipRemoval;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.user.UserCommands.Create;
import dev.membership.domain.user.UserCommands.Delete;
import dev.membership.domain.user.UserCommands.Deleted;
import dev.membership.domain.user.UserCommands.Update;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Creating, reading, changing and deleting one user. */
@ApplicationScoped
public class Users {
    private static final int MAX_BATCH = 1_000;

    private final Operations operations;
    private final Access access;
    private final Database database;
    private final UserRepository repository;
    private final MembershipRemoval memberships;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    Users(
            Operations operations,
            Access access,
            Database database,
            UserRepository repository,
            MembershipRemoval memberships,
            Events events,
            Ids ids,
            Clock clock) {
        this.operations = operations;
        this.access = access;
        this.database = database;
        this.repository = repository;
        this.memberships = memberships;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /** @throws Refusal {@code form_identifier_exists} */
    public UserView create(Caller caller, @Nullable String requestId, Create command) {
        Call call = new Call(caller, Operation.CREATE_USER, requestId);
        return operations.write(call, command, UserView.class, () -> {
            Instant now = Input.now(clock);
            UserView created = UserView.of(
                    ids.givenOrNext(Ids.Kind.USER, "id", command.id()),
                    command.fields(),
                    Input.createdAt(command.createdAt(), now),
                    now);
            repository.persistAndFlush(new User(caller.instanceId(), created));
            events.append(call, new Events.Change("user.created", created.id(), null, created));
            return created;
        });
    }

    /**
     * Reads a user by its id: one statement for a backend, one more for a user.
     *
     * @throws Refusal {@code authorization_invalid} for a user who asks for another one, whether there is such or not
     */
    public UserView get(Caller caller, String id) {
        return operations.read(caller, Operation.GET_USER, () -> {
            String userId = Input.reference("user_id", id);
            access.requireSelf(caller, userId);
            return find(caller, "id", userId).orElseThrow(() -> absent("user_id"));
        });
    }

    /** Reads a user by its external id, see {@link #get}. */
    public UserView getByExternalId(Caller caller, String externalId) {
        return operations.read(caller, Operation.GET_USER, () -> {
            Optional<UserView> found = find(caller, "external_id", Input.reference("external_id", externalId));
            access.requireSelf(caller, found.map(UserView::id).orElse(""));
            return found.orElseThrow(() -> absent("external_id"));
        });
    }

    /**
     * Reads up to {@value #MAX_BATCH} users by one statement.
     *
     * @return those that are there, by the ids as they were given and in their order
     */
    public Map<String, UserView> getAll(Caller caller, List<String> userIds) {
        return operations.read(
                caller,
                Operation.BATCH_GET_USERS,
                () -> Input.batch(
                        "user_ids",
                        userIds,
                        MAX_BATCH,
                        id -> Input.reference("user_ids", id),
                        ids -> findAll(caller, ids)));
    }

    private Map<String, UserView> findAll(Caller caller, List<String> ids) {
        return database
                .list(
                        Sql.of(
                                "SELECT " + UserView.COLUMNS + " FROM unnest(?) AS asked (id)"
                                        + " JOIN app_user u ON u.id = asked.id WHERE u.instance_id = ?",
                                ids,
                                caller.instanceId()),
                        UserView::read)
                .stream()
                .collect(Collectors.toMap(UserView::id, Function.identity(), (one, same) -> one));
    }

    /**
     * Changes the fields that are given. What changes nothing writes nothing.
     *
     * @throws Refusal {@code form_identifier_exists}, {@code conflict}
     */
    public UserView update(Caller caller, @Nullable String requestId, Update command) {
        Call call = new Call(caller, Operation.UPDATE_USER, requestId);
        return operations.write(call, command, UserView.class, () -> {
            User user = lock(caller, command.userId(), command.etag());
            UserView before = user.view();
            UserView after = before.with(command.fields(), Input.now(clock));
            if (after.equals(before)) {
                return before;
            }
            user.set(after);
            repository.flush();
            events.append(call, new Events.Change("user.updated", after.id(), before, after));
            return after;
        });
    }

    /**
     * Deletes a user and its memberships, with an event for each. The organizations that it leaves without a holder of the
     * minimum permissions say so themselves.
     *
     * @throws Refusal {@code conflict}
     */
    public Deleted delete(Caller caller, @Nullable String requestId, Delete command) {
        Call call = new Call(caller, Operation.DELETE_USER, requestId);
        return operations.write(call, command, Deleted.class, () -> {
            User user = lock(caller, command.userId(), command.etag());
            UserView before = user.view();
            memberships.ofUser(call, before.id());
            events.append(call, new Events.Change("user.deleted", before.id(), before, null));
            repository.delete(user);
            return new Deleted(before.id(), before.externalId());
        });
    }

    private User lock(Caller caller, String id, @Nullable String etag) {
        User user = repository
                .findByIdOptional(
                        new ScopedId(caller.instanceId(), Input.reference("user_id", id)),
                        LockModeType.PESSIMISTIC_WRITE)
                .orElseThrow(() -> absent("user_id"));
        Etag.require(etag, Etag.of(user.version, user.updatedAt));
        return user;
    }

    private Optional<UserView> find(Caller caller, String column, String value) {
        return database.first(
                Sql.of(
                        "SELECT " + UserView.COLUMNS + " FROM app_user u WHERE u.instance_id = ? AND u." + column
                                + " = ?",
                        caller.instanceId(),
                        value),
                UserView::read);
    }

    private static Refusal absent(String param) {
        return Refusal.notFound("user", param);
    }
}
