package dev.membership.domain.instance;

import dev.membership.domain.database.ScopedId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A token issuer, as it is written. */
@Entity
@Table(name = "token_issuer")
@IdClass(ScopedId.class)
class TokenIssuer {
    @Id
    @Column(name = "instance_id")
    String instanceId;

    @Id
    String id;

    @Column(updatable = false)
    String issuer;

    @Column(name = "jwks_uri")
    String jwksUri;

    @Nullable String audience;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Version
    long version;

    protected TokenIssuer() {}

    TokenIssuer(TokenIssuerView view) {
        instanceId = view.instanceId();
        id = view.id();
        issuer = view.issuer();
        jwksUri = view.jwksUri();
        audience = view.audience();
        createdAt = view.createdAt();
        updatedAt = view.updatedAt();
    }

    TokenIssuerView view() {
        return new TokenIssuerView(instanceId, id, issuer, jwksUri, audience, createdAt, updatedAt, version);
    }
}
