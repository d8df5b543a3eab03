package dev.membership.domain.instance;

import dev.membership.domain.database.Etag;
import dev.membership.domain.database.Row;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * An instance's settings for organizations.
 *
 * @param maxAllowedMemberships copied to organizations at their creation; 0: no limit
 * @param maxAllowedRoles custom roles of the instance
 * @param creatorRole key of the role that creators get
 * @param domainsDefaultRole key of the role that members get who join by their domain
 */
@RegisterForReflection
public record OrganizationSettingsView(
        boolean enabled,
        int maxAllowedMemberships,
        int maxAllowedRoles,
        int maxAllowedDomains,
        String creatorRole,
        boolean adminDeleteEnabled,
        boolean slugDisabled,
        boolean domainsEnabled,
        List<String> domainsEnrollmentModes,
        String domainsDefaultRole,
        Instant createdAt,
        Instant updatedAt,
        long version) {

    /** A statement whose condition on {@code s} is yet to be added. */
    static final String SELECT = """
            SELECT s.enabled, s.max_allowed_memberships, s.max_allowed_roles, s.max_allowed_domains, creator.key,
                s.admin_delete_enabled, s.slug_disabled, s.domains_enabled, s.domains_enrollment_modes, joining.key,
                s.created_at, s.updated_at, s.version
            FROM organization_settings s
            JOIN role creator ON creator.instance_id = s.instance_id AND creator.id = s.creator_role_id
            JOIN role joining ON joining.instance_id = s.instance_id AND joining.id = s.domains_default_role_id
            """;

    static OrganizationSettingsView read(Row row) throws SQLException {
        return new OrganizationSettingsView(
                row.flag(),
                row.integer(),
                row.integer(),
                row.integer(),
                row.text(),
                row.flag(),
                row.flag(),
                row.flag(),
                row.texts(),
                row.text(),
                row.instant(),
                row.instant(),
                row.number());
    }

    public String etag() {
        return Etag.of(version, updatedAt);
    }
}
