package dev.membership.domain.membership;

import dev.membership.domain.database.ScopedId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A user's place in an organization, as it is written; the database keeps it unique for the two. */
@Entity
@Table(name = "membership")
@IdClass(ScopedId.class)
class Membership {
    @Id
    @Column(name = "instance_id")
    String instanceId;

    @Id
    String id;

    @Column(name = "organization_id", updatable = false)
    String organizationId;

    @Column(name = "user_id", updatable = false)
    String userId;

    @Column(name = "role_id")
    String roleId;

    @JdbcTypeCode(SqlTypes.JSON)
    @Column(name = "public_metadata")
    String publicMetadata;

    @JdbcTypeCode(SqlTypes.JSON)
    @Column(name = "private_metadata")
    String privateMetadata;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Version
    long version;

    protected Membership() {}

    Membership(String instanceId, MembershipView view) {
        this.instanceId = instanceId;
        id = view.id();
        organizationId = view.organization().id();
        userId = view.user().userId();
        roleId = view.role().id();
        publicMetadata = view.publicMetadata().json();
        privateMetadata = view.privateMetadata().json();
        createdAt = view.createdAt();
        updatedAt = view.updatedAt();
    }
}
