package dev.membership.domain.instance;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;

@ApplicationScoped
class InstanceRepository implements PanacheRepositoryBase<Instance, String> {}
