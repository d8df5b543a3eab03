package dev.membership.domain.instance;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.List;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** An instance's settings for organizations, as they are written. The limits that stay at their defaults are not here. */
@Entity
@Table(name = "organization_settings")
class OrganizationSettings {
    @Id
    @Column(name = "instance_id")
    String instanceId;

    boolean enabled = true;

    @Column(name = "max_allowed_memberships")
    int maxAllowedMemberships = 5;

    @Column(name = "admin_delete_enabled")
    boolean adminDeleteEnabled = true;

    @Column(name = "slug_disabled")
    boolean slugDisabled;

    @Column(name = "domains_enabled")
    boolean domainsEnabled;

    @JdbcTypeCode(SqlTypes.ARRAY)
    @Column(name = "domains_enrollment_modes")
    List<String> domainsEnrollmentModes = List.of();

    @Column(name = "creator_role_id")
    String creatorRoleId;

    @Column(name = "domains_default_role_id")
    String domainsDefaultRoleId;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Version
    long version;

    protected OrganizationSettings() {}

    OrganizationSettings(String instanceId, String creatorRoleId, String domainsDefaultRoleId, Instant createdAt) {
        this.instanceId = instanceId;
        this.creatorRoleId = creatorRoleId;
        this.domainsDefaultRoleId = domainsDefaultRoleId;
        this.createdAt = createdAt;
        this.updatedAt = createdAt;
    }
}
