package dev.membership.domain.organization;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.event.Events;
import dev.membership.domain.identifier.Ids;
import dev.membership.domain.input.Input;
import dev.membership.domain.membership.MembershipCreation;
import dev.membership.domain.metadata.Metadata;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.organization.OrganizationCommands.Create;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes organizations, by the settings of their instance. */
@ApplicationScoped
public class OrganizationCreation {
    private static final int DEFAULT_CREATIONS = 100;

    private final Operations operations;
    private final Access access;
    private final Database database;
    private final OrganizationCounters counters;
    private final OrganizationRepository repository;
    private final MembershipCreation memberships;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    OrganizationCreation(
            Operations operations,
            Access access,
            Database database,
            OrganizationCounters counters,
            OrganizationRepository repository,
            MembershipCreation memberships,
            Events events,
            Ids ids,
            Clock clock) {
        this.operations = operations;
        this.access = access;
        this.database = database;
        this.counters = counters;
        this.repository = repository;
        this.memberships = memberships;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    private record Settings(
            boolean enabled,
            boolean slugDisabled,
            int maxAllowedMemberships,
            boolean adminDeleteEnabled,
            String creatorRoleId) {}

    private record Creator(boolean mayCreate, int limit) {}

    /**
     * Creates an organization; its creator becomes the first member, with the creators' role. A slug that was not given is
     * derived from the name, with an end of its own where that one is taken.
     *
     * @throws Refusal {@code organization_not_enabled_in_instance}, {@code organization_slugs_disabled},
     *     {@code form_identifier_exists}, {@code organization_creator_not_found}, {@code org_creation_limit_exceeded},
     *     {@code user_create_organization_not_enabled}
     */
    public OrganizationView create(Caller caller, @Nullable String requestId, Create command) {
        Call call = new Call(caller, Operation.CREATE_ORGANIZATION, requestId);
        try {
            return create(call, command, false);
        } catch (Refusal refusal) {
            boolean derivedSlugTaken = refusal.code() == ErrorCode.FORM_IDENTIFIER_EXISTS
                    && "slug".equals(refusal.meta().get("param_name"))
                    && Slug.parse(command.slug()) == null;
            if (!derivedSlugTaken) {
                throw refusal;
            }
            return create(call, command, true);
        }
    }

    /** Not from the organization's own id: one that was brought may end like others. */
    private String derivedSlug(String name, boolean distinct) {
        String newId = ids.next(Ids.Kind.ORGANIZATION);
        String slug = Slug.from(name, newId);
        return distinct ? Slug.distinct(slug, newId) : slug;
    }

    private OrganizationView create(Call call, Create command, boolean distinctSlug) {
        return operations.write(call, command, OrganizationView.class, () -> {
            Caller caller = call.caller();
            boolean backend = caller.isBackend();
            Input.backendOnly(backend, "id", command.id() != null);
            Input.backendOnly(backend, "created_by", command.createdBy() != null);
            Input.backendOnly(backend, "max_allowed_memberships", command.maxAllowedMemberships() != null);
            Input.backendOnly(backend, "public_metadata", command.publicMetadata() != null);
            Input.backendOnly(backend, "private_metadata", command.privateMetadata() != null);
            Input.backendOnly(backend, "created_at", command.createdAt() != null);
            String name = OrganizationName.required(command.name());
            String slug = Slug.parse(command.slug());
            Settings settings = settings(caller);
            if (!settings.enabled()) {
                throw new Refusal(ErrorCode.ORGANIZATION_NOT_ENABLED_IN_INSTANCE);
            }
            if (slug != null && settings.slugDisabled()) {
                throw Refusal.field(
                        ErrorCode.ORGANIZATION_SLUGS_DISABLED, "slug", ErrorCode.ORGANIZATION_SLUGS_DISABLED.text());
            }
            String creator = creator(caller, command);
            String id = ids.givenOrNext(Ids.Kind.ORGANIZATION, "id", command.id());
            Instant now = Input.now(clock);
            Organization organization = new Organization(
                    caller.instanceId(),
                    id,
                    name,
                    slug != null ? slug : derivedSlug(name, distinctSlug),
                    creator,
                    Input.createdAt(command.createdAt(), now));
            organization.adminDeleteEnabled = settings.adminDeleteEnabled();
            organization.updatedAt = now;
            organization.setMetadata(
                    Metadata.EMPTY.merge("public_metadata", command.publicMetadata()),
                    Metadata.EMPTY.merge("private_metadata", command.privateMetadata()));
            repository.persistAndFlush(organization);
            OrganizationView created = view(
                    organization,
                    counters.open(
                            caller,
                            id,
                            command.maxAllowedMemberships() == null
                                    ? settings.maxAllowedMemberships()
                                    : Input.atLeast("max_allowed_memberships", command.maxAllowedMemberships(), 0)));
            events.append(call, id, 1, new Events.Change("organization.created", id, null, created));
            OrganizationView complete =
                    creator == null ? created : memberships.addCreator(call, id, creator, settings.creatorRoleId());
            return complete.visibleTo(caller);
        });
    }

    private static OrganizationView view(Organization organization, OrganizationCounters.Counts counts) {
        return new OrganizationView(
                organization.id,
                organization.name,
                organization.slug,
                null,
                organization.adminDeleteEnabled,
                new Metadata(organization.publicMetadata),
                new Metadata(organization.privateMetadata),
                organization.createdBy,
                organization.createdAt,
                organization.updatedAt,
                organization.version,
                counts.members(),
                counts.pendingInvitations(),
                counts.maxAllowedMemberships(),
                counts.elevatedMembers());
    }

    /**
     * The settings, which stay as they are until the organization is there, and so does the creators' role: they refer to it.
     * Not joined with that role: a statement that has waited while the settings changed would look for the new role among the
     * rows of before, and find nothing.
     */
    private Settings settings(Caller caller) {
        return database.first(
                        Sql.of("""
                                SELECT enabled, slug_disabled, max_allowed_memberships, admin_delete_enabled, creator_role_id
                                FROM organization_settings WHERE instance_id = ? FOR SHARE
                                """, caller.instanceId()),
                        row -> new Settings(row.flag(), row.flag(), row.integer(), row.flag(), row.text()))
                .orElseThrow(() -> new Refusal(ErrorCode.AUTHENTICATION_INVALID));
    }

    /** Who creates, if anyone; that user's other creations wait until this one is counted. */
    private @Nullable String creator(Caller caller, Create command) {
        String userId = caller instanceof Caller.User user
                ? access.self(user)
                : Input.optional("created_by", command.createdBy(), 255);
        if (userId == null) {
            return null;
        }
        Optional<Creator> found = database.first(
                Sql.of("""
                        SELECT create_organization_enabled, coalesce(create_organizations_limit, ?) FROM app_user
                        WHERE instance_id = ? AND id = ? FOR NO KEY UPDATE
                        """, DEFAULT_CREATIONS, caller.instanceId(), userId),
                row -> new Creator(row.flag(), row.integer()));
        Creator creator = found.orElseThrow(() -> Refusal.field(
                ErrorCode.ORGANIZATION_CREATOR_NOT_FOUND,
                "created_by",
                ErrorCode.ORGANIZATION_CREATOR_NOT_FOUND.text()));
        if (!caller.isBackend() && !creator.mayCreate()) {
            throw new Refusal(ErrorCode.USER_CREATE_ORGANIZATION_NOT_ENABLED);
        }
        if (creator.limit() > 0 && created(caller, userId, creator.limit()) >= creator.limit()) {
            throw new Refusal(ErrorCode.ORG_CREATION_LIMIT_EXCEEDED, Map.of("limit", creator.limit()));
        }
        return userId;
    }

    /** Counts a user's organizations, no further than the limit. */
    private int created(Caller caller, String userId, int limit) {
        return database.first(Sql.of("""
                                SELECT count(*) FROM (SELECT 1 FROM organization
                                    WHERE instance_id = ? AND created_by = ? AND deleted_at IS NULL LIMIT ?) counted
                                """, caller.instanceId(), userId, limit), Row::integer)
                .orElse(0);
    }
}
