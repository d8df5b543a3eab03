package dev.membership.domain.organization;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Etag;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.ScopedId;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.event.Events;
import dev.membership.domain.input.Input;
import dev.membership.domain.metadata.Metadata;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.organization.OrganizationCommands.ChangeMetadata;
import dev.membership.domain.organization.OrganizationCommands.Delete;
import dev.membership.domain.organization.OrganizationCommands.Deleted;
import dev.membership.domain.organization.OrganizationCommands.Update;
import dev.membership.domain.organization.OrganizationCounters.Counts;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reading, changing and deleting one organization. */
@ApplicationScoped
public class Organizations {
    private final Operations operations;
    private final Access access;
    private final Database database;
    private final OrganizationCounters counters;
    private final OrganizationRepository repository;
    private final Events events;
    private final Clock clock;

    Organizations(
            Operations operations,
            Access access,
            Database database,
            OrganizationCounters counters,
            OrganizationRepository repository,
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

    /** Reads an organization by its id: one statement for a backend, one more for a user. */
    public OrganizationView get(Caller caller, String id) {
        return operations.read(caller, Operation.GET_ORGANIZATION, () -> {
            String organizationId = Input.reference("organization_id", id);
            if (caller instanceof Caller.User user) {
                access.standing(user, organizationId);
            }
            return find(caller, "o.id", organizationId).visibleTo(caller);
        });
    }

    /** Reads an organization by its slug. A user is asked for its standing even in none, lest a ban tell the two apart. */
    public OrganizationView getBySlug(Caller caller, String slug) {
        return operations.read(caller, Operation.GET_ORGANIZATION, () -> {
            Optional<OrganizationView> found = lookUp(caller, "o.slug", Input.reference("slug", slug));
            if (caller instanceof Caller.User user) {
                access.standing(user, found.map(OrganizationView::id).orElse(""));
            }
            return found.orElseThrow(() -> caller.isBackend()
                            ? Refusal.notFound("organization", "slug")
                            : OrganizationCounters.absent(caller))
                    .visibleTo(caller);
        });
    }

    /**
     * Changes what is given. A user needs to manage the profile, and may change name and slug only. What changes nothing
     * writes nothing.
     *
     * @throws Refusal {@code form_identifier_exists}, {@code organization_slugs_disabled}, {@code conflict}
     */
    public OrganizationView update(Caller caller, @Nullable String requestId, Update command) {
        Call call = new Call(caller, Operation.UPDATE_ORGANIZATION, requestId);
        return operations.write(call, command, OrganizationView.class, () -> {
            String organizationId = Input.reference("organization_id", command.organizationId());
            access.require(caller, organizationId, Access.MANAGE_PROFILE);
            boolean backend = caller.isBackend();
            Input.backendOnly(backend, "max_allowed_memberships", command.maxAllowedMemberships() != null);
            Input.backendOnly(backend, "admin_delete_enabled", command.adminDeleteEnabled() != null);
            String name = command.name() == null ? null : OrganizationName.required(command.name());
            String slug = command.slug() == null ? null : Slug.required(command.slug());
            if (slug != null) {
                requireSlugsEnabled(caller);
            }
            Integer limit = command.maxAllowedMemberships() == null
                    ? null
                    : Integer.valueOf(Input.atLeast("max_allowed_memberships", command.maxAllowedMemberships(), 0));
            return change(
                            call,
                            organizationId,
                            command.etag(),
                            before -> before.with(name, slug, command.adminDeleteEnabled(), limit))
                    .visibleTo(caller);
        });
    }

    /** Merges metadata, see {@link Metadata#merge}. What changes nothing writes nothing. */
    public OrganizationView mergeMetadata(Caller caller, @Nullable String requestId, ChangeMetadata command) {
        return change(
                new Call(caller, Operation.UPDATE_ORGANIZATION_METADATA, requestId),
                command,
                before -> before.withMetadata(
                        before.publicMetadata().merge("public_metadata", command.publicMetadata()),
                        before.privateMetadata().merge("private_metadata", command.privateMetadata())));
    }

    /** Puts metadata in the present one's place; a field that is not given stays. What changes nothing writes nothing. */
    public OrganizationView replaceMetadata(Caller caller, @Nullable String requestId, ChangeMetadata command) {
        return change(
                new Call(caller, Operation.REPLACE_ORGANIZATION_METADATA, requestId),
                command,
                before -> before.withMetadata(
                        before.publicMetadata().replace(command.publicMetadata()),
                        before.privateMetadata().replace(command.privateMetadata())));
    }

    private OrganizationView change(Call call, ChangeMetadata command, UnaryOperator<OrganizationView> change) {
        return operations.write(
                call,
                command,
                OrganizationView.class,
                () -> change(
                        call, Input.reference("organization_id", command.organizationId()), command.etag(), change));
    }

    /**
     * Deletes an organization: from the commit on nobody sees it or its memberships. {@link OrganizationPurge} removes the
     * memberships afterwards, so that a large one holds nobody up.
     */
    public Deleted delete(Caller caller, @Nullable String requestId, Delete command) {
        Call call = new Call(caller, Operation.DELETE_ORGANIZATION, requestId);
        return operations.write(call, command, Deleted.class, () -> {
            String organizationId = Input.reference("organization_id", command.organizationId());
            access.require(caller, organizationId, Access.DELETE_PROFILE);
            Counts counts = counters.close(caller, organizationId);
            OrganizationView before = find(caller, "o.id", organizationId);
            Etag.require(command.etag(), before.etag());
            if (!caller.isBackend() && !before.adminDeleteEnabled()) {
                throw new Refusal(ErrorCode.ORGANIZATION_ADMIN_DELETE_NOT_ENABLED);
            }
            repository.update(
                    "deletedAt = ?3, version = version + 1 where instanceId = ?1 and id = ?2",
                    caller.instanceId(),
                    organizationId,
                    Input.now(clock));
            events.append(
                    call,
                    organizationId,
                    counts.sequence(),
                    new Events.Change("organization.deleted", organizationId, before, null));
            return new Deleted(organizationId, before.slug());
        });
    }

    private OrganizationView change(
            Call call, String organizationId, @Nullable String etag, UnaryOperator<OrganizationView> change) {
        counters.lock(call.caller(), organizationId);
        OrganizationView before = find(call.caller(), "o.id", organizationId);
        Etag.require(etag, before.etag());
        OrganizationView changed = change.apply(before);
        if (changed.equals(before)) {
            return before;
        }
        OrganizationView after = changed.written(Input.now(clock));
        Counts counts = counters.nextEvent(call.caller(), organizationId, after.maxAllowedMemberships());
        repository.findById(new ScopedId(call.instanceId(), organizationId)).set(after);
        repository.flush();
        events.append(
                call,
                organizationId,
                counts.sequence(),
                new Events.Change("organization.updated", organizationId, before, after));
        return after;
    }

    private void requireSlugsEnabled(Caller caller) {
        boolean disabled = database.first(
                        Sql.of(
                                "SELECT slug_disabled FROM organization_settings WHERE instance_id = ?",
                                caller.instanceId()),
                        Row::flag)
                .orElse(false);
        if (disabled) {
            throw Refusal.field(
                    ErrorCode.ORGANIZATION_SLUGS_DISABLED, "slug", ErrorCode.ORGANIZATION_SLUGS_DISABLED.text());
        }
    }

    private OrganizationView find(Caller caller, String column, String value) {
        return lookUp(caller, column, value).orElseThrow(() -> OrganizationCounters.absent(caller));
    }

    private Optional<OrganizationView> lookUp(Caller caller, String column, String value) {
        return database.first(
                Sql.of(
                        "SELECT " + OrganizationView.COLUMNS + " FROM organization o " + OrganizationView.JOIN_COUNTER
                                + " WHERE o.instance_id = ? AND " + column + " = ? AND o.deleted_at IS NULL",
                        caller.instanceId(),
                        value),
                OrganizationView::read);
    }
}
