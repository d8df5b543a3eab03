package dev.membership.domain.role;

import dev.membership.domain.database.ScopedId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;

/** Writes permissions. They are read as {@link PermissionView}s, by plain SQL. */
@ApplicationScoped
class PermissionRepository implements PanacheRepositoryBase<Permission, ScopedId> {
    void add(String instanceId, PermissionView permission) {
        persistAndFlush(new Permission(instanceId, permission));
    }

    void save(String instanceId, PermissionView changed) {
        update(
                "key = ?3, name = ?4, description = ?5, updatedAt = ?6, version = ?7 where instanceId = ?1 and id = ?2",
                instanceId,
                changed.id(),
                changed.key(),
                changed.name(),
                changed.description(),
                changed.updatedAt(),
                changed.version());
    }

    void remove(String instanceId, PermissionView permission) {
        delete("instanceId = ?1 and id = ?2", instanceId, permission.id());
    }
}
