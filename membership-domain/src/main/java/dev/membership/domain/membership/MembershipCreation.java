package dev.membership.domain.membership;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.event.Events;
import dev.membership.domain.identifier.Ids;
import dev.membership.domain.input.Input;
import dev.membership.domain.membership.MembershipCommands.Create;
import dev.membership.domain.metadata.Metadata;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.organization.OrganizationCounters;
import dev.membership.domain.organization.OrganizationCounters.Counts;
import dev.membership.domain.organization.OrganizationView;
import dev.membership.domain.user.PublicUserData;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Makes users members of organizations. */
@ApplicationScoped
public class MembershipCreation {
    private final Operations operations;
    private final Access access;
    private final Database database;
    private final OrganizationCounters counters;
    private final MembershipRepository repository;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    MembershipCreation(
            Operations operations,
            Access access,
            Database database,
            OrganizationCounters counters,
            MembershipRepository repository,
            Events events,
            Ids ids,
            Clock clock) {
        this.operations = operations;
        this.access = access;
        this.database = database;
        this.counters = counters;
        this.repository = repository;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /** The user, role and organization that a new membership will join; the first two are locked as they are. */
    private record Candidate(OrganizationView organization, PublicUserData user, MemberRole role) {}

    /**
     * Adds a user to an organization.
     *
     * @throws Refusal {@code already_a_member_in_organization}, {@code organization_membership_quota_exceeded},
     *     {@code resource_not_found} for the organization, user or role
     */
    public MembershipView create(Caller caller, @Nullable String requestId, Create command) {
        Call call = new Call(caller, Operation.CREATE_MEMBERSHIP, requestId);
        return operations.write(call, command, MembershipView.class, () -> {
            String organizationId = Input.reference("organization_id", command.organizationId());
            String userId = Input.reference("user_id", command.userId());
            String role = Input.reference("role", command.role());
            access.require(caller, organizationId, Access.MANAGE_MEMBERS);
            Input.backendOnly(caller.isBackend(), "public_metadata", command.publicMetadata() != null);
            Input.backendOnly(caller.isBackend(), "private_metadata", command.privateMetadata() != null);
            Input.backendOnly(caller.isBackend(), "id", command.id() != null);
            Input.backendOnly(caller.isBackend(), "created_at", command.createdAt() != null);
            Candidate candidate = candidate(caller, organizationId, userId, role);
            Instant now = Input.now(clock);
            MembershipView created = add(
                    call,
                    new MembershipView(
                            ids.givenOrNext(Ids.Kind.MEMBERSHIP, "id", command.id()),
                            candidate.role(),
                            Metadata.EMPTY.merge("public_metadata", command.publicMetadata()),
                            Metadata.EMPTY.merge("private_metadata", command.privateMetadata()),
                            Input.createdAt(command.createdAt(), clock),
                            now,
                            0,
                            candidate.user(),
                            candidate.organization()));
            return created.visibleTo(caller);
        });
    }

    /**
     * Makes a user the first member of an organization that the present transaction has just created.
     *
     * @param roleId of the creators' role
     */
    public OrganizationView addCreator(Call call, OrganizationView organization, String userId, String roleId) {
        PublicUserData user = database.first(
                        Sql.of(
                                "SELECT " + PublicUserData.COLUMNS
                                        + " FROM app_user u WHERE u.instance_id = ? AND u.id = ?",
                                call.instanceId(),
                                userId),
                        PublicUserData::read)
                .orElseThrow();
        MemberRole role = database.first(
                        Sql.of(
                                "SELECT " + MemberRole.COLUMNS + " FROM role r WHERE r.instance_id = ? AND r.id = ?",
                                call.instanceId(),
                                roleId),
                        MemberRole::read)
                .orElseThrow();
        Instant now = Input.now(clock);
        return add(
                        call,
                        new MembershipView(
                                ids.next(Ids.Kind.MEMBERSHIP),
                                role,
                                Metadata.EMPTY,
                                Metadata.EMPTY,
                                now,
                                now,
                                0,
                                user,
                                organization))
                .organization();
    }

    private MembershipView add(Call call, MembershipView joining) {
        Counts counts = counters.addMember(
                call.caller(), joining.organization().id(), joining.role().elevated());
        MembershipView created = joining.withCounts(counts);
        repository.add(call.instanceId(), created);
        events.append(
                call,
                created.organization().id(),
                counts.sequence(),
                new Events.Change("organizationMembership.created", created.id(), null, created));
        return created;
    }

    private Candidate candidate(Caller caller, String organizationId, String userId, String role) {
        return database.first(
                        Sql.of(
                                "SELECT " + MemberRole.COLUMNS + ", " + PublicUserData.COLUMNS + ", "
                                        + OrganizationView.COLUMNS
                                        + """
                                         FROM organization o
                                        """
                                        + OrganizationView.JOIN_COUNTER
                                        + """
                                        JOIN role r ON r.instance_id = o.instance_id AND r.key = ?
                                        JOIN app_user u ON u.instance_id = o.instance_id AND u.id = ?
                                        WHERE o.instance_id = ? AND o.id = ? AND o.deleted_at IS NULL
                                        FOR SHARE OF u FOR KEY SHARE OF r
                                        """,
                                role,
                                userId,
                                caller.instanceId(),
                                organizationId),
                        row -> {
                            MemberRole found = MemberRole.read(row);
                            PublicUserData user = PublicUserData.read(row);
                            return new Candidate(OrganizationView.read(row), user, found);
                        })
                .orElseThrow(() -> missing(caller, organizationId, userId));
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
