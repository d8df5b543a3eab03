package dev.membership.domain.membership;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.event.Events;
import dev.membership.domain.identifier.Ids;
import dev.membership.domain.input.Input;
import dev.membership.domain.membership.MembershipCommands.Create;
import dev.membership.domain.metadata.Metadata;
import dev.membership.domain.operation.Json;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.organization.OrganizationCounters;
import dev.membership.domain.organization.OrganizationCounters.Counts;
import dev.membership.domain.organization.OrganizationTurns;
import dev.membership.domain.organization.OrganizationView;
import dev.membership.domain.user.PublicUserData;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes users members of organizations. */
@ApplicationScoped
public class MembershipCreation {
    private static final String CANDIDATE = " FROM organization o " + OrganizationView.JOIN_COUNTER + """
            JOIN role r ON r.instance_id = o.instance_id
            JOIN app_user u ON u.instance_id = o.instance_id
            WHERE o.instance_id = ? AND o.id = ? AND o.deleted_at IS NULL""";

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
    }

    /**
     * The organization, user and role of a new membership.
     *
     * @param state names the rows as they were read: a row that is written since has another
     */
    private record Candidate(OrganizationView organization, PublicUserData user, MemberRole role, String state) {}

    /**
     * Adds a user to an organization, by two statements.
     *
     * @throws Refusal {@code already_a_member_in_organization}, {@code organization_membership_quota_exceeded},
     *     {@code resource_not_found} for the organization, user or role
     */
    public MembershipView create(Caller caller, @Nullable String requestId, Create command) {
        Call call = new Call(caller, Operation.CREATE_MEMBERSHIP, requestId);
        return turns.take(
                command.organizationId(),
                () -> operations.writeAtOnce(call, command, MembershipView.class, () -> {
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
                                            candidate.organization()))
                            .visibleTo(caller);
                }));
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
                                candidate.organization()))
                .organization();
    }

    /** Reads what is to be joined and joins it, anew whenever somebody has changed it in between. */
    private MembershipView add(Call call, Supplier<Candidate> read, Function<Candidate, MembershipView> membership) {
        return Operations.untilUnchanged(() -> {
            Candidate candidate = read.get();
            MembershipView joining = membership.apply(candidate);
            Outcome outcome = database.first(join(call, joining, candidate.state()), MembershipCreation::outcome)
                    .orElseThrow();
            if (outcome.counts() == null && outcome.unchanged()) {
                throw counters.whyNotAdded(call.caller(), joining.organization().id());
            }
            return Optional.ofNullable(outcome.counts()).map(joining::withCounts);
        });
    }

    /**
     * What came of {@link #join}.
     *
     * @param unchanged whether organization, user and role still were as they had been read
     * @param counts null: nobody was added
     */
    private record Outcome(boolean unchanged, @Nullable Counts counts) {}

    /** One statement, so that the organization's counters are locked for no longer than PostgreSQL takes for it. */
    private Sql join(Call call, MembershipView joining, String state) {
        String organizationId = joining.organization().id();
        return Sql.of("WITH candidate AS (SELECT 1" + CANDIDATE, call.instanceId(), organizationId)
                .add(
                        " AND u.id = ? AND r.id = ? AND " + STATE
                                + " = ? FOR SHARE OF u FOR KEY SHARE OF r), counter AS (",
                        joining.user().userId(),
                        joining.role().id(),
                        state)
                .add(counters.addingMember(
                        call.caller(), organizationId, joining.role().elevated(), "candidate"))
                .add(
                        """
                        ), added AS (
                            INSERT INTO membership (instance_id, id, organization_id, user_id, role_id,
                                public_metadata, private_metadata, created_at, updated_at)
                            SELECT ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ? FROM counter
                        ), recorded AS (
                        """,
                        call.instanceId(),
                        joining.id(),
                        organizationId,
                        joining.user().userId(),
                        joining.role().id(),
                        joining.publicMetadata().json(),
                        joining.privateMetadata().json(),
                        joining.createdAt(),
                        joining.updatedAt())
                .add(events.appending(
                        call,
                        organizationId,
                        "counter",
                        "counter.event_sequence",
                        "organizationMembership.created",
                        joining.id(),
                        Sql.of("NULL::jsonb"),
                        OrganizationCounters.jsonWithCounts(Json.write(joining), "counter")))
                .add(") SELECT EXISTS (SELECT FROM candidate), c.event_sequence IS NOT NULL, "
                        + OrganizationCounters.COUNTS + " FROM (SELECT) AS always LEFT JOIN counter c ON true");
    }

    private static Outcome outcome(Row row) throws SQLException {
        return new Outcome(row.flag(), row.flag() ? OrganizationCounters.counts(row) : null);
    }

    private Optional<Candidate> candidate(
            Caller caller, String organizationId, String userId, String roleColumn, String role) {
        return database.first(
                Sql.of(
                                "SELECT " + STATE + ", " + MemberRole.COLUMNS + ", " + PublicUserData.COLUMNS + ", "
                                        + OrganizationView.COLUMNS + CANDIDATE,
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
