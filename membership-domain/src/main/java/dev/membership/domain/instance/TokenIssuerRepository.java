package dev.membership.domain.instance;

import dev.membership.domain.database.ScopedId;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;

@ApplicationScoped
class TokenIssuerRepository implements PanacheRepositoryBase<TokenIssuer, ScopedId> {}
