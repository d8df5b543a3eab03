package dev.membership.domain.membership;

import dev.membership.domain.database.ScopedId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;

/** Writes memberships. They are read as {@link MembershipView}s, by plain SQL. */
@ApplicationScoped
class MembershipRepository implements PanacheRepositoryBase<Membership, ScopedId> {
    private static final String THIS = " where instanceId = ?1 and id = ?2";

    void add(String instanceId, MembershipView membership) {
        persistAndFlush(new Membership(instanceId, membership));
    }

    void saveRole(String instanceId, MembershipView changed) {
        update(
                "roleId = ?3, updatedAt = ?4, version = ?5" + THIS,
                instanceId,
                changed.id(),
                changed.role().id(),
                changed.updatedAt(),
                changed.version());
    }

    void saveMetadata(String instanceId, MembershipView changed) {
        update(
                "publicMetadata = ?3, privateMetadata = ?4, updatedAt = ?5, version = ?6" + THIS,
                instanceId,
                changed.id(),
                changed.publicMetadata().json(),
                changed.privateMetadata().json(),
                changed.updatedAt(),
                changed.version());
    }

    void remove(String instanceId, MembershipView membership) {
        delete("instanceId = ?1 and id = ?2", instanceId, membership.id());
    }
}
