package dev.membership.domain.role;

import dev.membership.domain.database.ScopedId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;

/** A permission, as it is written. */
@Entity
@Table(name = "permission")
@IdClass(ScopedId.class)
class Permission {
    @Id
    @Column(name = "instance_id")
    String instanceId;

    @Id
    String id;

    String key;
    String name;
    String description;

    @Column(updatable = false)
    boolean system;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Version
    long version;

    protected Permission() {}

    Permission(String instanceId, PermissionView view) {
        this.instanceId = instanceId;
        id = view.id();
        key = view.key();
        name = view.name();
        description = view.description();
        system = view.system();
        createdAt = view.createdAt();
        updatedAt = view.updatedAt();
    }
}
