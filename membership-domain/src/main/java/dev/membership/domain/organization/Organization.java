package dev.membership.domain.organization;

import dev.membership.domain.database.ScopedId;
import dev.membership.domain.metadata.Metadata;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** What describes an organization, as it is written. Its counts live apart, see {@link OrganizationCounters}. */
@Entity
@Table(name = "organization")
@IdClass(ScopedId.class)
class Organization {
    @Id
    @Column(name = "instance_id")
    String instanceId;

    @Id
    String id;

    String name;
    String slug;

    @Column(name = "admin_delete_enabled")
    boolean adminDeleteEnabled;

    @JdbcTypeCode(SqlTypes.JSON)
    @Column(name = "public_metadata")
    String publicMetadata;

    @JdbcTypeCode(SqlTypes.JSON)
    @Column(name = "private_metadata")
    String privateMetadata;

    @Nullable @Column(name = "created_by", updatable = false)
    String createdBy;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Nullable @Column(name = "deleted_at")
    Instant deletedAt;

    @Version
    long version;

    protected Organization() {}

    Organization(
            String instanceId, String id, String name, String slug, @Nullable String createdBy, Instant createdAt) {
        this.instanceId = instanceId;
        this.id = id;
        this.name = name;
        this.slug = slug;
        this.createdBy = createdBy;
        this.createdAt = createdAt;
        this.updatedAt = createdAt;
        setMetadata(Metadata.EMPTY, Metadata.EMPTY);
    }

    /** Takes over what can change here; the version counts itself. */
    void set(OrganizationView view) {
        name = view.name();
        slug = view.slug();
        adminDeleteEnabled = view.adminDeleteEnabled();
        updatedAt = view.updatedAt();
        setMetadata(view.publicMetadata(), view.privateMetadata());
    }

    void setMetadata(Metadata publicOnes, Metadata privateOnes) {
        publicMetadata = publicOnes.json();
        privateMetadata = privateOnes.json();
    }
}
