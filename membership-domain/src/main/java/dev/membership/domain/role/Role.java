package dev.membership.domain.role;

import dev.membership.domain.database.ScopedId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What describes a role, as it is written. Which permissions it has, {@link RolePermissions} writes. */
@Entity
@Table(name = "role")
@IdClass(ScopedId.class)
class Role {
    @Id
    @Column(name = "instance_id")
    String instanceId;

    @Id
    String id;

    String key;
    String name;

    @Nullable String description;

    @Column(updatable = false)
    boolean custom;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Version
    long version;

    protected Role() {}

    Role(String instanceId, String id, String key, String name, @Nullable String description, Instant createdAt) {
        this.instanceId = instanceId;
        this.id = id;
        this.key = key;
        this.name = name;
        this.description = description;
        this.createdAt = createdAt;
        this.updatedAt = createdAt;
    }
}
