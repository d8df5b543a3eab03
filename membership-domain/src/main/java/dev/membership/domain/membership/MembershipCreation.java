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
    private final SharedTurns<Asked, MembershipView> together;

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
        this.together = new SharedTurns<>(turns, this::addAll);
    }

    /**
     * A user to be added, by a caller who may.
     *
     * @param roleColumn what names the role, in SQL; the same for all that are added together
     * @param membership makes the membership of what was found; refuses nothing
     */
    private record Asked(
            String organizationId,
            String userId,
            String roleColumn,
            String role,
            Function<Candidate, MembershipView> membership) {}

    /**
     * The organization, user and role of a new membership.
     *
     * @param state names the rows as they were read: a row that is written since has another
     */
    private record Candidate(OrganizationView organization, PublicUserData user, MemberRole role, String state) {}

    /**
     * Adds a user to an organization, by two statements, which it shares with whoever else is being added to it for the same
     * backend without a request id.
     *
     * @throws Refusal {@code already_a_member_in_organization}, {@code organization_membership_quota_exceeded},
     *     {@code resource_not_found} for the organization, user or role
     */
    public MembershipView create(Caller caller, @Nullable String requestId, Create command) {
        Call call = new Call(caller, Operation.CREATE_MEMBERSHIP, requestId);
        if (call.requestId() == null && caller.isBackend()) {
            return operations.writeAtOnce(call, command, MembershipView.class, () -> {
                Asked asked = asked(call, command);
                return together.run(call, asked.organizationId(), asked).visibleTo(caller);
            });
        }
        return turns.take(
                command.organizationId(),
                () -> operations.writeAtOnce(
                        call,
                        command,
                        MembershipView.class,
                        () -> add(call, asked(call, command)).visibleTo(caller)));
    }

    private Asked asked(Call call, Create command) {
        Caller caller = call.caller();
        String organizationId = Input.reference("organization_id", command.organizationId());
        String userId = Input.reference("user_id", command.userId());
        String role = Input.reference("role", command.role());
        access.require(caller, organizationId, Access.MANAGE_MEMBERS);
        Input.backendOnly(caller.isBackend(), "public_metadata", command.publicMetadata() != null);
        Input.backendOnly(caller.isBackend(), "private_metadata", command.privateMetadata() != null);
        Input.backendOnly(caller.isBackend(), "id", command.id() != null);
        Input.backendOnly(caller.isBackend(), "created_at", command.createdAt() != null);
        String id = ids.givenOrNext(Ids.Kind.MEMBERSHIP, "id", command.id());
        Metadata publicMetadata = Metadata.EMPTY.merge("public_metadata", command.publicMetadata());
        Metadata privateMetadata = Metadata.EMPTY.merge("private_metadata", command.privateMetadata());
        Instant createdAt = Input.createdAt(command.createdAt(), clock);
        return new Asked(
                organizationId,
                userId,
                "r.key",
                role,
                candidate -> new MembershipView(
                        id,
                        candidate.role(),
                        publicMetadata,
                        privateMetadata,
                        createdAt,
                        Input.now(clock),
                        0,
                        candidate.user(),
                        candidate.organization()));
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
                        new Asked(
                                organizationId,
                                userId,
                                "r.id",
                                roleId,
                                candidate -> new MembershipView(
                                        ids.next(Ids.Kind.MEMBERSHIP),
                                        candidate.role(),
                                        Metadata.EMPTY,
                                        Metadata.EMPTY,
                                        now,
                                        now,
                                        0,
                                        candidate.user(),
                                        candidate.organization())))
                .organization();
    }

    /** Reads what is to be joined and joins it, anew whenever somebody has changed it in between. */
    private MembershipView add(Call call, Asked asked) {
        return Operations.untilUnchanged(() -> {
            List<Joining> joining = candidates(call.caller(), asked.organizationId(), List.of(asked));
            if (joining.isEmpty()) {
                throw missing(call.caller(), asked.organizationId(), asked.userId());
            }
            Outcome outcome = join(call, asked.organizationId(), joining);
            if (outcome.counts() == null && outcome.unchanged()) {
                throw counters.whyNotAdded(call.caller(), asked.organizationId());
            }
            return Optional.ofNullable(outcome.counts()).map(joining.getFirst().membership()::withCounts);
        });
    }

    /** Adds all to one organization; several of them only if all can be, as they were read, and there is room for them. */
    private Optional<List<MembershipView>> addAll(Call call, String organizationId, List<Asked> asked) {
        if (asked.size() == 1) {
            return Optional.of(List.of(add(call, asked.getFirst())));
        }
        try {
            List<Joining> joining = candidates(call.caller(), organizationId, asked);
            return joining.size() < asked.size()
                    ? Optional.empty()
                    : Optional.ofNullable(join(call, organizationId, joining).counts())
                            .map(counts -> each(joining, counts));
        } catch (DatabaseException failure) {
            if (DatabaseRefusals.isBrokenRule(failure)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** @param counts as they became with the last one */
    private static List<MembershipView> each(List<Joining> joining, Counts counts) {
        List<Integer> elevated = elevatedUntil(joining);
        return IntStream.range(0, joining.size())
                .mapToObj(i -> joining.get(i)
                        .membership()
                        .withCounts(counts.before(joining.size() - 1 - i, elevated.getLast() - elevated.get(i))))
                .toList();
    }

    /** @param state of the candidate that becomes this member */
    private record Joining(MembershipView membership, String state) {}

    /**
     * What came of {@link #joining}.
     *
     * @param unchanged whether all organizations, users and roles still were as they had been read
     * @param counts as they became with the last one; null: nobody was added
     */
    private record Outcome(boolean unchanged, @Nullable Counts counts) {}

    private Outcome join(Call call, String organizationId, List<Joining> joining) {
        return database.first(joining(call, organizationId, joining), MembershipCreation::outcome)
                .orElseThrow();
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
                        texts(joining, one -> one.membership().user().userId()),
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

    /** In the order in which they were asked for, without those of whom something is not there. */
    private List<Joining> candidates(Caller caller, String organizationId, List<Asked> asked) {
        return database.list(
                Sql.of(
                                "SELECT a.place, " + STATE + ", " + MemberRole.COLUMNS + ", " + PublicUserData.COLUMNS
                                        + ", "
                                        + OrganizationView.COLUMNS + " FROM organization o "
                                        + OrganizationView.JOIN_COUNTER + ROLE_AND_USER
                                        + " JOIN unnest(?, ?) WITH ORDINALITY AS a (user_id, role, place)"
                                        + " ON a.user_id = u.id AND a.role = "
                                        + asked.getFirst().roleColumn(),
                                texts(asked, Asked::userId),
                                texts(asked, Asked::role))
                        .add(OF_ORGANIZATION + " ORDER BY a.place", caller.instanceId(), organizationId),
                row -> {
                    Asked one = asked.get((int) row.number() - 1);
                    String state = row.text();
                    MemberRole role = MemberRole.read(row);
                    PublicUserData user = PublicUserData.read(row);
                    var candidate = new Candidate(OrganizationView.read(row), user, role, state);
                    return new Joining(one.membership().apply(candidate), state);
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
