package dev.membership.domain.instance;

import dev.membership.domain.database.ScopedId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** A secret key, as it is written; of the secret only its hash. */
@Entity
@Table(name = "secret_key")
@IdClass(ScopedId.class)
class SecretKey {
    @Id
    @Column(name = "instance_id")
    String instanceId;

    @Id
    String id;

    String name;
    byte[] hash;
    String hint;

    @Column(name = "read_only")
    boolean readOnly;

    @JdbcTypeCode(SqlTypes.ARRAY)
    @Nullable List<String> operations;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    @Nullable @Column(name = "revoked_at")
    Instant revokedAt;

    protected SecretKey() {}

    SecretKey(SecretKeyView view, byte[] hash) {
        instanceId = view.instanceId();
        id = view.id();
        name = view.name();
        this.hash = hash;
        hint = view.hint();
        readOnly = view.readOnly();
        operations = view.operations().isEmpty() ? null : view.operations();
        createdAt = view.createdAt();
        revokedAt = view.revokedAt();
    }
}
