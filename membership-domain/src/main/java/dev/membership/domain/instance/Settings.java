package dev.membership.domain.instance;

import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Etag;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import dev.membership.domain.instance.InstanceCommands.UpdateSettings;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.role.MinimumPermissions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** Reading and changing an instance's settings for organizations. */
@ApplicationScoped
public class Settings {
    private static final List<String> ENROLLMENT_MODES =
            List.of("manual_invitation", "automatic_invitation", "automatic_suggestion");

    private final Operations operations;
    private final Database database;
    private final OrganizationSettingsRepository repository;
    private final Clock clock;

    Settings(Operations operations, Database database, OrganizationSettingsRepository repository, Clock clock) {
        this.operations = operations;
        this.database = database;
        this.repository = repository;
        this.clock = clock;
    }

    /** Reads the settings by one statement; for backends only. */
    public OrganizationSettingsView get(Caller caller) {
        return operations.read(caller, Operation.GET_ORGANIZATION_SETTINGS, () -> find(caller));
    }

    /**
     * Changes what is given. Where all of it is as given already, nothing is written and the etag stays.
     *
     * @throws Refusal {@code organizations_disable_not_allowed}, {@code organization_missing_creator_role_permissions},
     *     {@code resource_not_found} for a role, {@code conflict}
     */
    public OrganizationSettingsView update(Caller caller, @Nullable String requestId, UpdateSettings command) {
        Call call = new Call(caller, Operation.UPDATE_ORGANIZATION_SETTINGS, requestId);
        return operations.write(call, command, OrganizationSettingsView.class, () -> {
            Etag.require(command.etag(), lock(caller));
            OrganizationSettings settings = repository.findById(caller.instanceId());
            if (command.enabled() != null) {
                if (!command.enabled()) {
                    requireNoOrganization(caller);
                }
                settings.enabled = command.enabled();
            }
            if (command.maxAllowedMemberships() != null) {
                settings.maxAllowedMemberships =
                        Input.atLeast("max_allowed_memberships", command.maxAllowedMemberships(), 0);
            }
            if (command.adminDeleteEnabled() != null) {
                settings.adminDeleteEnabled = command.adminDeleteEnabled();
            }
            if (command.slugDisabled() != null) {
                settings.slugDisabled = command.slugDisabled();
            }
            if (command.domainsEnabled() != null) {
                settings.domainsEnabled = command.domainsEnabled();
            }
            if (command.domainsEnrollmentModes() != null) {
                settings.domainsEnrollmentModes = enrollmentModes(command.domainsEnrollmentModes());
            }
            changeRoles(caller, settings, command);
            if (repository.getEntityManager().unwrap(Session.class).isDirty()) {
                settings.updatedAt = Input.now(clock);
                repository.flush();
            }
            return find(caller);
        });
    }

    /**
     * Keeps the settings for this transaction: organizations and roles that are being created wait, or are waited for.
     *
     * @return the etag of what is locked
     */
    private String lock(Caller caller) {
        return database.first(
                        Sql.of(
                                "SELECT version, updated_at FROM organization_settings WHERE instance_id = ? FOR UPDATE",
                                caller.instanceId()),
                        row -> Etag.of(row.number(), row.instant()))
                .orElseThrow(Settings::absent);
    }

    private void requireNoOrganization(Caller caller) {
        boolean some = database.first(
                        Sql.of(
                                "SELECT EXISTS (SELECT 1 FROM organization WHERE instance_id = ? AND deleted_at IS NULL)",
                                caller.instanceId()),
                        Row::flag)
                .orElseThrow();
        if (some) {
            throw new Refusal(ErrorCode.ORGANIZATIONS_DISABLE_NOT_ALLOWED);
        }
    }

    private static List<String> enrollmentModes(List<String> modes) {
        if (!ENROLLMENT_MODES.containsAll(modes)) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID,
                    "domains_enrollment_modes",
                    "domains_enrollment_modes must be of " + String.join(", ", ENROLLMENT_MODES) + ".");
        }
        return List.copyOf(Input.distinct("domains_enrollment_modes", modes));
    }

    private void changeRoles(Caller caller, OrganizationSettings settings, UpdateSettings command) {
        String creatorRoleId =
                command.creatorRoleId() == null ? null : Input.reference("creator_role_id", command.creatorRoleId());
        String defaultRoleId = command.domainsDefaultRoleId() == null
                ? null
                : Input.reference("domains_default_role_id", command.domainsDefaultRoleId());
        Map<String, Boolean> elevated = lockRoles(
                caller,
                Stream.of(creatorRoleId, defaultRoleId).filter(Objects::nonNull).toList());
        if (creatorRoleId != null) {
            if (!requireKnown(elevated, creatorRoleId, "creator_role_id")) {
                throw MinimumPermissions.missingInCreatorRole();
            }
            settings.creatorRoleId = creatorRoleId;
        }
        if (defaultRoleId != null) {
            requireKnown(elevated, defaultRoleId, "domains_default_role_id");
            settings.domainsDefaultRoleId = defaultRoleId;
        }
    }

    private static boolean requireKnown(Map<String, Boolean> elevated, String roleId, String param) {
        Boolean known = elevated.get(roleId);
        if (known == null) {
            throw Refusal.notFound("role", param);
        }
        return known;
    }

    /** Whether roles hold the minimum permissions, by role id; they are neither changed nor deleted until the transaction ends. */
    private Map<String, Boolean> lockRoles(Caller caller, List<String> roleIds) {
        record Found(String id, boolean elevated) {}
        return database
                .list(
                        Sql.of(
                                "SELECT id, elevated FROM role WHERE instance_id = ? AND id = ANY (?) ORDER BY id FOR KEY SHARE",
                                caller.instanceId(),
                                roleIds),
                        row -> new Found(row.text(), row.flag()))
                .stream()
                .collect(Collectors.toMap(Found::id, Found::elevated));
    }

    private OrganizationSettingsView find(Caller caller) {
        return database.first(
                        Sql.of(OrganizationSettingsView.SELECT + " WHERE s.instance_id = ?", caller.instanceId()),
                        OrganizationSettingsView::read)
                .orElseThrow(Settings::absent);
    }

    /** An instance has its settings from the beginning: whoever finds none comes from no instance. */
    private static Refusal absent() {
        return new Refusal(ErrorCode.AUTHENTICATION_INVALID);
    }
}
