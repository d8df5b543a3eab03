package dev.membership.domain.membership;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.DatabaseException;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.event.Events;
import dev.membership.domain.identifier.Ids;
import dev.membership.domain.input.Input;
import dev.membership.domain.membership.MembershipCommands.Create;
import dev.membership.domain.metadata.Metadata;
import dev.membership.domain.operation.DatabaseRefusals;
import dev.membership.domain.operation.Json;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.organization.OrganizationCounters;
import dev.membership.domain.organization.OrganizationCounters.Counts;
import dev.membership.domain.organization.OrganizationTurns;
import dev.membership.domain.organization.OrganizationView;
import dev.membership.domain.organization.SharedTurns;
import dev.membership.domain.user.PublicUserData;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes users members of organizations. */
@ApplicationScoped
public class MembershipCreation {
    /** The role and the user that organization {@code o} gets a member of. */
    private static final String ROLE_AND_USER =
            " JOIN role r ON r.instance_id = o.instance_id JOIN app_user u ON u.instance_id = o.instance_id";

    private static final String OF_ORGANIZATION = " WHERE o.instance_id = ? AND o.id = ? AND o.deleted_at IS NULL";

    /** In SQL, the three rows as they were written last: another text as soon as somebody writes one again. */
    private static final String STATE = "concat_ws(' ', o.xmin, u.xmin, r.xmin)";

    private final Operations operations;
    private final OrganizationTurns turns;
    private final Access access;
    private final Database database;
    private final OrganizationCounters counters;
    private final Events events;
    private final Ids ids;
    private final Clock clock;
    private final SharedTurns<Joining, Outcome> together;

    MembershipCreation(
            Operations operations,
            OrganizationTurns turns,
            Access access,
            Database database,
            OrganizationCounters counters,
            Events events,
            Ids ids,
            Clock clock) {
        this.operations = operations;
        this.turns = turns;
        this.access = access;
        this.database = database;
        this.counters = counters;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
        this.together = new SharedTurns<>(turns, this::join);
    }

    /**
     * The organization, user and role of a new membership.
     *
     * @param state names the rows as they were read: a row that is written since has another
     */
    private record Candidate(OrganizationView organization, PublicUserData user, MemberRole role, String state) {}

    /**
     * Adds a user to an organization, by two statements. The second one is shared with whoever else is being added to it for
     * the same backend without a request id; of a user who adds, the standing is looked at when the turn has come.
     *
     * @throws Refusal {@code already_a_member_in_organization}, {@code organization_membership_quota_exceeded},
     *     {@code resource_not_found} for the organization, user or role
     */
    public MembershipView create(Caller caller, @Nullable String requestId, Create command) {
        Call call = new Call(caller, Operation.CREATE_MEMBERSHIP, requestId);
        if (call.requestId() == null && caller.isBackend()) {
            return operations.writeAtOnce(
                    call,
                    command,
                    MembershipView.class,
                    () -> create(call, command, joining -> together.run(call, joining.organizationId(), joining)));
        }
        return turns.take(
                command.organizationId(),
                () -> operations.writeAtOnce(
                        call,
                        command,
                        MembershipView.class,
                        () -> create(call, command, joining -> joinAlone(call, joining))));
    }

    private MembershipView create(Call call, Create command, Function<Joining, Outcome> join) {
        Caller caller = call.caller();
        String organizationId = Input.reference("organization_id", command.organizationId());
        String userId = Input.reference("user_id", command.userId());
        String role = Input.reference("role", command.role());
        access.require(caller, organizationId, Access.MANAGE_MEMBERS);
        Input.backendOnly(caller.isBackend(), "public_metadata", command.publicMetadata() != null);
        Input.backendOnly(caller.isBackend(), "private_metadata", command.privateMetadata() != null);
        Input.backendOnly(caller.isBackend(), "id", command.id() != null);
        Input.backendOnly(caller.isBackend(), "created_at", command.createdAt() != null);
        return add(
                        call,
                        () -> candidate(caller, organizationId, userId, "r.key", role)
                                .orElseThrow(() -> missing(caller, organizationId, userId)),
                        candidate -> new MembershipView(
                                ids.givenOrNext(Ids.Kind.MEMBERSHIP, "id", command.id()),
                                candidate.role(),
                                Metadata.EMPTY.merge("public_metadata", command.publicMetadata()),
                                Metadata.EMPTY.merge("private_metadata", command.privateMetadata()),
                                Input.createdAt(command.createdAt(), clock),
                                Input.now(clock),
                                0,
                                candidate.user(),
                                candidate.organization()),
                        join)
                .visibleTo(caller);
    }

    /**
     * Makes a user the first member of an organization that the present transaction has just created.
     *
     * @param roleId of the creators' role
     */
    public OrganizationView addCreator(Call call, String organizationId, String userId, String roleId) {
        Instant now = Input.now(clock);
        return add(
                        call,
                        () -> candidate(call.caller(), organizationId, userId, "r.id", roleId)
                                .orElseThrow(),
                        candidate -> new MembershipView(
                                ids.next(Ids.Kind.MEMBERSHIP),
                                candidate.role(),
                                Metadata.EMPTY,
                                Metadata.EMPTY,
                                now,
                                now,
                                0,
                                candidate.user(),
                                candidate.organization()),
                        joining -> joinAlone(call, joining))
                .organization();
    }

    /** Reads what is to be joined and joins it, anew whenever somebody has changed it in between. */
    private MembershipView add(
            Call call,
            Supplier<Candidate> read,
            Function<Candidate, MembershipView> membership,
            Function<Joining, Outcome> join) {
        return Operations.untilUnchanged(() -> {
            Candidate candidate = read.get();
            Joining joining = new Joining(membership.apply(candidate), candidate.state());
            Outcome outcome = join.apply(joining);
            if (outcome.counts() == null && outcome.unchanged()) {
                throw counters.whyNotAdded(call.caller(), joining.organizationId());
            }
            return Optional.ofNullable(outcome.counts()).map(joining.membership()::withCounts);
        });
    }

    /** @param state of the candidate that becomes this member */
    private record Joining(MembershipView membership, String state) {
        String organizationId() {
            return membership.organization().id();
        }

        String userId() {
            return membership.user().userId();
        }
    }

    /**
     * What came of {@link #join} for one member.
     *
     * @param unchanged whether organization, user and role still were as they had been read
     * @param counts as they became with this member; null: nobody was added
     */
    private record Outcome(boolean unchanged, @Nullable Counts counts) {}

    private Outcome joinAlone(Call call, Joining joining) {
        return join(call, joining.organizationId(), List.of(joining))
                .orElseThrow()
                .getFirst();
    }

    /**
     * Adds all to one organization, or nobody.
     *
     * @return one outcome for each; empty, of several: nobody was added, since one of them broke a rule or was changed
     *     meanwhile, or there is no room for all
     */
    private Optional<List<Outcome>> join(Call call, String organizationId, List<Joining> joining) {
        boolean alone = joining.size() == 1;
        try {
            Outcome outcome = database.first(joining(call, organizationId, joining), MembershipCreation::outcome)
                    .orElseThrow();
            if (outcome.counts() == null) {
                return alone ? Optional.of(List.of(outcome)) : Optional.empty();
            }
            List<Integer> elevated = elevatedUntil(joining);
            return Optional.of(IntStream.range(0, joining.size())
                    .mapToObj(i -> new Outcome(
                            true,
                            outcome.counts().before(joining.size() - 1 - i, elevated.getLast() - elevated.get(i))))
                    .toList());
        } catch (DatabaseException failure) {
            if (alone || !DatabaseRefusals.isBrokenRule(failure)) {
                throw failure;
            }
            return Optional.empty();
        }
    }

    /** How many of them hold the minimum permissions, up to each. */
    private static List<Integer> elevatedUntil(List<Joining> joining) {
        return joining.stream()
                .map(one -> one.membership().role().elevated() ? 1 : 0)
                .gather(Gatherers.scan(() -> 0, Integer::sum))
                .toList();
    }

    /** One statement, so that the organization's counters are locked for no longer than PostgreSQL takes for it. */
    private Sql joining(Call call, String organizationId, List<Joining> joining) {
        int members = joining.size();
        List<Integer> elevated = elevatedUntil(joining);
        return Sql.of(
                        "WITH joining AS (SELECT a.* FROM organization o" + ROLE_AND_USER + """
                         JOIN unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WITH ORDINALITY AS a (state, id, user_id, role_id,
                            public_metadata, private_metadata, created_at, updated_at, after, elevated, place)
                        ON a.user_id = u.id AND a.role_id = r.id AND a.state =\s""" + STATE
                                + OF_ORGANIZATION
                                + " ORDER BY u.id FOR SHARE OF u FOR KEY SHARE OF r), counter AS (",
                        texts(joining, Joining::state),
                        texts(joining, one -> one.membership().id()),
                        texts(joining, Joining::userId),
                        texts(joining, one -> one.membership().role().id()),
                        texts(joining, one -> one.membership().publicMetadata().json()),
                        texts(joining, one -> one.membership().privateMetadata().json()),
                        texts(joining, one -> one.membership().createdAt().toString()),
                        texts(joining, one -> one.membership().updatedAt().toString()),
                        texts(joining, one -> Json.write(one.membership())),
                        texts(elevated, String::valueOf),
                        call.instanceId(),
                        organizationId)
                .add(counters.addingMembers(
                        call.caller(),
                        organizationId,
                        members,
                        elevated.getLast(),
                        Sql.of("(SELECT count(*) FROM joining) = ?", members)))
                .add("""
                        ), added AS (
                            INSERT INTO membership (instance_id, id, organization_id, user_id, role_id,
                                public_metadata, private_metadata, created_at, updated_at)
                            SELECT ?, id, ?, user_id, role_id, public_metadata::jsonb, private_metadata::jsonb,
                                created_at::timestamptz, updated_at::timestamptz
                            FROM joining, counter
                        ), joined AS (
                            SELECT j.id, j.place, j.after, c.pending_invitations_count, c.max_allowed_memberships,
                                c.members_count - ? + j.place AS members_count,
                                c.event_sequence - ? + j.place AS event_sequence,
                                c.elevated_members_count - ? + j.elevated::int AS elevated_members_count
                            FROM joining j, counter c
                        ), recorded AS (
                        """, call.instanceId(), organizationId, members, members, elevated.getLast())
                .add(events.appending(
                        call,
                        organizationId,
                        "joined",
                        "joined.event_sequence",
                        "organizationMembership.created",
                        Sql.of("joined.id"),
                        Sql.of("NULL::jsonb"),
                        OrganizationCounters.jsonWithCounts(Sql.of("joined.after"), "joined")))
                .add(
                        " ORDER BY joined.place) SELECT (SELECT count(*) FROM joining) = ?, c.event_sequence IS NOT NULL, "
                                + OrganizationCounters.COUNTS + " FROM (SELECT) AS always LEFT JOIN counter c ON true",
                        members);
    }

    private static <T> List<String> texts(List<T> values, Function<T, String> text) {
        return values.stream().map(text).toList();
    }

    private static Outcome outcome(Row row) throws SQLException {
        return new Outcome(row.flag(), row.flag() ? OrganizationCounters.counts(row) : null);
    }

    private Optional<Candidate> candidate(
            Caller caller, String organizationId, String userId, String roleColumn, String role) {
        return database.first(
                Sql.of(
                                "SELECT " + STATE + ", " + MemberRole.COLUMNS + ", " + PublicUserData.COLUMNS + ", "
                                        + OrganizationView.COLUMNS + " FROM organization o "
                                        + OrganizationView.JOIN_COUNTER + ROLE_AND_USER + OF_ORGANIZATION,
                                caller.instanceId(),
                                organizationId)
                        .add(" AND u.id = ? AND " + roleColumn + " = ?", userId, role),
                row -> {
                    String state = row.text();
                    MemberRole found = MemberRole.read(row);
                    PublicUserData user = PublicUserData.read(row);
                    return new Candidate(OrganizationView.read(row), user, found, state);
                });
    }

    /** Says which of the three is not there. */
    private Refusal missing(Caller caller, String organizationId, String userId) {
        return database.first(Sql.of("""
                                SELECT EXISTS (SELECT 1 FROM organization WHERE instance_id = ? AND id = ? AND deleted_at IS NULL),
                                    EXISTS (SELECT 1 FROM app_user WHERE instance_id = ? AND id = ?)
                                """, caller.instanceId(), organizationId, caller.instanceId(), userId), row -> {
                    if (!row.flag()) {
                        return OrganizationCounters.absent(caller);
                    }
                    return row.flag() ? Refusal.notFound("role", "role") : Refusal.notFound("user", "user_id");
                })
                .orElseThrow();
    }
}
