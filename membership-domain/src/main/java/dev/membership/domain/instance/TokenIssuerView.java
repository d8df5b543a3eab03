package dev.membership.domain.instance;

import dev.membership.domain.database.Etag;
import dev.membership.domain.database.Row;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token issuer as it is read.
 *
 * @param audience null: a token needs none
 */
@RegisterForReflection
public record TokenIssuerView(
        String instanceId,
        String id,
        String issuer,
        String jwksUri,
        @Nullable String audience,
        Instant createdAt,
        Instant updatedAt,
        long version) {

    /** What a statement selects for {@link #read}, with {@code t} for the issuer. */
    static final String COLUMNS =
            "t.instance_id, t.id, t.issuer, t.jwks_uri, t.audience, t.created_at, t.updated_at, t.version";

    static TokenIssuerView read(Row row) throws SQLException {
        return new TokenIssuerView(
                row.text(),
                row.text(),
                row.text(),
                row.text(),
                row.textOrNull(),
                row.instant(),
                row.instant(),
                row.number());
    }

    public String etag() {
        return Etag.of(version, updatedAt);
    }
}
