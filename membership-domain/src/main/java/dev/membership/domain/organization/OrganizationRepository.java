package dev.membership.domain.organization;

import dev.membership.domain.database.ScopedId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;

@ApplicationScoped
class OrganizationRepository implements PanacheRepositoryBase<Organization, ScopedId> {}
