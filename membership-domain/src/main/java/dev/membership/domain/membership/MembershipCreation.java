package dev.membership.domain.membership;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.DatabaseException;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.identifier.Ids;
import dev.membership.domain.input.Input;
import dev.membership.domain.membership.MembershipAdditions.Asked;
import dev.membership.domain.membership.MembershipAdditions.Joining;
import dev.membership.domain.membership.MembershipAdditions.Outcome;
import dev.membership.domain.membership.MembershipCommands.Create;
import dev.membership.domain.metadata.Metadata;
import dev.membership.domain.operation.DatabaseRefusals;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.organization.OrganizationCounters.Counts;
import dev.membership.domain.organization.OrganizationTurns;
import dev.membership.domain.organization.OrganizationView;
import dev.membership.domain.organization.SharedTurns;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes users members of organizations. */
@ApplicationScoped
public class MembershipCreation {
    private final Operations operations;
    private final OrganizationTurns turns;
    private final Access access;
    private final MembershipAdditions additions;
    private final Ids ids;
    private final Clock clock;
    private final SharedTurns<Asked, MembershipView> together;

    MembershipCreation(
            Operations operations,
            OrganizationTurns turns,
            Access access,
            MembershipAdditions additions,
            Ids ids,
            Clock clock) {
        this.operations = operations;
        this.turns = turns;
        this.access = access;
        this.additions = additions;
        this.ids = ids;
        this.clock = clock;
        this.together = new SharedTurns<>(turns, this::addAll);
    }

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
        // Of a new one the time is taken when its turn has come.
        Instant given = command.createdAt() == null ? null : Input.createdAt(command.createdAt(), Input.now(clock));
        return new Asked(organizationId, userId, "r.key", role, candidate -> {
            Instant now = Input.now(clock);
            return new MembershipView(
                    id,
                    candidate.role(),
                    publicMetadata,
                    privateMetadata,
                    given == null ? now : given,
                    now,
                    0,
                    candidate.user(),
                    candidate.organization());
        });
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
            List<Joining> joining = additions.candidates(call.caller(), asked.organizationId(), List.of(asked));
            if (joining.isEmpty()) {
                throw additions.missing(call.caller(), asked.organizationId(), asked.userId());
            }
            Outcome outcome = additions.join(call, asked.organizationId(), joining);
            if (outcome.counts() == null && outcome.unchanged()) {
                throw additions.whyNotJoined(call.caller(), asked.organizationId(), asked.userId());
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
            List<Joining> joining = additions.candidates(call.caller(), organizationId, asked);
            return joining.size() < asked.size()
                    ? Optional.empty()
                    : Optional.ofNullable(additions
                                    .join(call, organizationId, joining)
                                    .counts())
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
        List<Integer> elevated = MembershipAdditions.elevatedUntil(joining);
        return IntStream.range(0, joining.size())
                .mapToObj(i -> joining.get(i)
                        .membership()
                        .withCounts(counts.before(joining.size() - 1 - i, elevated.getLast() - elevated.get(i))))
                .toList();
    }
}
