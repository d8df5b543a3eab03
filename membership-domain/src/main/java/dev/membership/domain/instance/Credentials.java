package dev.membership.domain.instance;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Sql;
import dev.membership.domain.input.Input;
import dev.membership.domain.operation.DatabaseRefusals;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;

/**
 * Whom a credential stands for, asked before there is a caller. Each question is one statement; whoever keeps an answer
 * forgets it when {@link CredentialsChanged} is fired, and soon in any case, since other processes change credentials too.
 */
@ApplicationScoped
public class Credentials {
    private final Database database;

    Credentials(Database database) {
        this.database = database;
    }

    /** The backend that a secret key belongs to; empty when it is unknown or revoked. */
    public Optional<Caller.Backend> backend(String secret) {
        return DatabaseRefusals.translating(() -> database.first(
                Sql.of(
                        "SELECT instance_id, id, read_only, operations FROM secret_key WHERE hash = ? AND revoked_at IS NULL",
                        new Secret(secret).hash()),
                row -> new Caller.Backend(row.text(), row.text(), row.flag(), Set.copyOf(row.texts()))));
    }

    /** The issuer that a token's {@code iss} names, if it is registered. Nobody has vouched for the text yet. */
    public Optional<RegisteredIssuer> issuer(String iss) {
        if (!Input.isStorable(iss)) {
            return Optional.empty();
        }
        return DatabaseRefusals.translating(() -> database.first(
                Sql.of("SELECT instance_id, issuer, jwks_uri, audience FROM token_issuer WHERE issuer = ?", iss),
                row -> new RegisteredIssuer(row.text(), row.text(), row.text(), row.textOrNull())));
    }
}
