package dev.membership.domain.role;

import dev.membership.domain.database.ScopedId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes roles. They are read as {@link RoleView}s, by plain SQL. */
@ApplicationScoped
class RoleRepository implements PanacheRepositoryBase<Role, ScopedId> {
    /** Saves a change, be it of the role's permissions alone: one more version in any case. */
    void save(
            String instanceId,
            RoleView before,
            String key,
            String name,
            @Nullable String description,
            Instant updatedAt) {
        update(
                "key = ?3, name = ?4, description = ?5, updatedAt = ?6, version = ?7 where instanceId = ?1 and id = ?2",
                instanceId,
                before.id(),
                key,
                name,
                description,
                updatedAt,
                before.version() + 1);
    }

    void remove(String instanceId, RoleView role) {
        delete("instanceId = ?1 and id = ?2", instanceId, role.id());
    }
}
