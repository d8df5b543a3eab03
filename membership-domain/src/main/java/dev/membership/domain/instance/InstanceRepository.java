package dev.membership.domain.instance;

import dev.membership.domain.error.Refusal;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;

@ApplicationScoped
class InstanceRepository implements PanacheRepositoryBase<Instance, String> {
    /** @throws Refusal {@code resource_not_found} on {@code instance_id} */
    void require(String instanceId) {
        if (count("id", instanceId) == 0) {
            throw Refusal.notFound("instance", "instance_id");
        }
    }
}
