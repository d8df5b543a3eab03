package dev.membership.domain.user;

import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.event.Events;
import dev.membership.domain.identifier.Ids;
import dev.membership.domain.input.Input;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.user.ImportOutcome.Result;
import dev.membership.domain.user.UserCommands.ImportRow;
import dev.membership.domain.user.UserCommands.Upsert;
import dev.membership.domain.user.UserCommands.Upserted;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Users as another system has them: created where they are not there yet, else brought up to date. */
@ApplicationScoped
public class UserUpserts {
    public static final int MAX_BATCH = 500;

    private static final int ATTEMPTS = 3;

    private final Operations operations;
    private final Database database;
    private final UserRepository repository;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    UserUpserts(
            Operations operations, Database database, UserRepository repository, Events events, Ids ids, Clock clock) {
        this.operations = operations;
        this.database = database;
        this.repository = repository;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /** Rows that one transaction has written. */
    private record Written(List<WrittenRow> rows) {}

    private record WrittenRow(UserView user, Result result) {}

    private record Found(int place, UserView user) {}

    /**
     * Creates the user of an external id, or changes the fields that are given.
     *
     * @throws Refusal {@code form_identifier_exists} for another identifier than the external id
     */
    public Upserted upsert(Caller caller, @Nullable String requestId, Upsert command) {
        Call call = new Call(caller, Operation.UPSERT_USER, requestId);
        return distinctly(() -> operations.write(call, command, Upserted.class, () -> {
            Input.reference("external_id", command.fields().externalId());
            WrittenRow written = write(call, List.of(new ImportRow(null, command.fields(), null)), false)
                    .getFirst();
            return new Upserted(written.user(), written.result() == Result.CREATED);
        }));
    }

    /**
     * Creates or updates up to {@value #MAX_BATCH} users; a refused one leaves the others be. One transaction writes them all;
     * only if an identifier is taken, they are tried as rows that exchange some, then each half by itself, and so on, in the
     * order of the rows, which finds the row in question in few steps.
     *
     * <p>Rows of one transaction that change users are written before those that create them: a user gets a value that a
     * later row gives up. So whether a row finds a value taken can depend on which rows come together.
     *
     * @return one outcome for each row
     * @throws Refusal what is not a single row's fault, {@code bulk_size_exceeded} among others
     */
    public List<ImportOutcome> importAll(Caller caller, List<ImportRow> rows) {
        Operation.IMPORT_USERS.requireAllowed(caller);
        List<ImportRow> batch = Input.batch("users", rows, MAX_BATCH);
        ImportOutcome[] outcomes = new ImportOutcome[batch.size()];
        List<Integer> valid = new ArrayList<>();
        for (int place = 0; place < outcomes.length; place++) {
            try {
                fresh(batch.get(place));
                valid.add(place);
            } catch (Refusal refusal) {
                outcomes[place] = ImportOutcome.refused(refusal);
            }
        }
        if (!valid.isEmpty()) {
            importValid(new Call(caller, Operation.IMPORT_USERS, null), batch, valid, outcomes, false);
        }
        return List.of(outcomes);
    }

    private void importValid(
            Call call, List<ImportRow> batch, List<Integer> places, ImportOutcome[] outcomes, boolean exchanging) {
        List<ImportRow> rows = places.stream().map(batch::get).toList();
        boolean single = rows.size() == 1;
        try {
            Supplier<Written> work =
                    () -> operations.write(call, rows, Written.class, () -> new Written(write(call, rows, exchanging)));
            List<WrittenRow> written = (single ? distinctly(work) : work.get()).rows();
            for (int row = 0; row < rows.size(); row++) {
                WrittenRow user = written.get(row);
                outcomes[places.get(row)] =
                        new ImportOutcome(user.result(), user.user().id(), null);
            }
        } catch (Refusal refusal) {
            if (!isTaken(refusal)) {
                throw refusal;
            }
            if (single) {
                outcomes[places.getFirst()] = ImportOutcome.refused(refusal);
                return;
            }
            if (!exchanging) {
                importValid(call, batch, places, outcomes, true);
                return;
            }
            int half = places.size() / 2;
            importValid(call, batch, places.subList(0, half), outcomes, true);
            importValid(call, batch, places.subList(half, places.size()), outcomes, true);
        }
    }

    /** A twin that creates the same user meanwhile shows as a value that is taken; the next attempt finds its user. */
    private static <T> T distinctly(Supplier<T> write) {
        for (int attempt = 1; ; attempt++) {
            try {
                return write.get();
            } catch (Refusal refusal) {
                if (attempt == ATTEMPTS || !isTaken(refusal)) {
                    throw refusal;
                }
            }
        }
    }

    private static boolean isTaken(Refusal refusal) {
        return refusal.code() == ErrorCode.FORM_IDENTIFIER_EXISTS;
    }

    /**
     * Four statements, however many rows there are.
     *
     * @param exchanging whether users may get what others of the rows have now, which costs one more: of what one statement
     *     changes PostgreSQL asks row by row whether a value is taken
     */
    private List<WrittenRow> write(Call call, List<ImportRow> rows, boolean exchanging) {
        Map<Integer, UserView> present = present(call, rows);
        Instant now = Input.now(clock);
        List<WrittenRow> written = new ArrayList<>();
        List<UserView> created = new ArrayList<>();
        List<UserView> changed = new ArrayList<>();
        List<Events.Entry> entries = new ArrayList<>();
        for (int place = 0; place < rows.size(); place++) {
            ImportRow row = rows.get(place);
            UserView before = present.get(place);
            UserView after = before == null ? fresh(row) : before.with(row.fields(), now);
            Result result = before == null ? Result.CREATED : after.equals(before) ? Result.UNCHANGED : Result.UPDATED;
            written.add(new WrittenRow(after, result));
            if (result != Result.UNCHANGED) {
                (before == null ? created : changed).add(after);
                String type = before == null ? "user.created" : "user.updated";
                entries.add(new Events.Entry(new Events.Change(type, after.id(), before, after)));
            }
        }
        // First what gives a value up, then what may take it.
        if (exchanging) {
            repository.giveUp(call.instanceId(), changed);
        }
        repository.saveAll(call.instanceId(), changed);
        repository.addAll(call.instanceId(), created);
        events.appendAll(call, entries);
        return written;
    }

    /**
     * The users that are there, by their rows' places, locked in the order of their ids. The last condition holds for the row
     * as it is when it is locked: whoever had the external id when the statement began may have been given another.
     */
    private Map<Integer, UserView> present(Call call, List<ImportRow> rows) {
        List<Found> found = database.list(
                Sql.of(
                        "SELECT asked.place, " + UserView.COLUMNS + """
                                 FROM unnest(?, ?) WITH ORDINALITY AS asked (id, external_id, place)
                                JOIN app_user u ON u.instance_id = ? AND u.id = coalesce(asked.id, (
                                    SELECT x.id FROM app_user x WHERE x.instance_id = ? AND x.external_id = asked.external_id))
                                    AND (asked.id IS NOT NULL OR u.external_id = asked.external_id)
                                ORDER BY u.id FOR NO KEY UPDATE OF u
                                """,
                        rows.stream()
                                .<@Nullable String>map(row -> Input.optional("id", row.id(), 64))
                                .toList(),
                        rows.stream()
                                .<@Nullable String>map(row -> Input.optional(
                                        "external_id", row.fields().externalId(), 255))
                                .toList(),
                        call.instanceId(),
                        call.instanceId()),
                row -> new Found(row.integer() - 1, UserView.read(row)));
        if (found.stream().map(one -> one.user().id()).distinct().count() < found.size()) {
            // The same user twice: as if the second's identifier were taken, so that the two are written apart, in
            // order.
            throw new Refusal(ErrorCode.FORM_IDENTIFIER_EXISTS);
        }
        return found.stream().collect(Collectors.toMap(Found::place, Found::user));
    }

    private UserView fresh(ImportRow row) {
        Instant now = Input.now(clock);
        return UserView.of(
                ids.givenOrNext(Ids.Kind.USER, "id", row.id()),
                row.fields(),
                Input.createdAt(row.createdAt(), now),
                now);
    }
}
