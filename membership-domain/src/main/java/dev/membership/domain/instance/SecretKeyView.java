package dev.membership.domain.instance;

import dev.membership.domain.database.Row;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A secret key as it is read: all but the secret.
 *
 * @param hint the secret's last four characters
 * @param operations names of those it may call; empty: all
 */
@RegisterForReflection
public record SecretKeyView(
        String instanceId,
        String id,
        String name,
        String hint,
        boolean readOnly,
        List<String> operations,
        Instant createdAt,
        @Nullable Instant revokedAt) {

    /** What a statement selects for {@link #read}, with {@code k} for the key. */
    static final String COLUMNS =
            "k.instance_id, k.id, k.name, k.hint, k.read_only, k.operations, k.created_at, k.revoked_at";

    static SecretKeyView read(Row row) throws SQLException {
        return new SecretKeyView(
                row.text(),
                row.text(),
                row.text(),
                row.text(),
                row.flag(),
                row.texts(),
                row.instant(),
                row.instantOrNull());
    }
}
