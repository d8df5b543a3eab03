package dev.membership.domain.instance;

import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Etag;
import dev.membership.domain.database.ScopedId;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.identifier.Ids;
import dev.membership.domain.input.Input;
import dev.membership.domain.instance.InstanceCommands.CreateTokenIssuer;
import dev.membership.domain.instance.InstanceCommands.DeleteTokenIssuer;
import dev.membership.domain.instance.InstanceCommands.UpdateTokenIssuer;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.paging.Keyset;
import dev.membership.domain.paging.Order;
import dev.membership.domain.paging.Page;
import dev.membership.domain.paging.PageRequest;
import dev.membership.domain.paging.PageTokens;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.LockModeType;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** The operator's use cases: whose tokens are an instance's users. */
@ApplicationScoped
public class TokenIssuers {
    private static final int ISSUER_LENGTH = 512;
    private static final int URI_LENGTH = 2_048;
    private static final Order ORDER = Order.ascending("created_at", "t.created_at", Order.Type.TIME);

    private final Operations operations;
    private final Database database;
    private final TokenIssuerRepository repository;
    private final Instances instances;
    private final PageTokens tokens;
    private final Ids ids;
    private final Clock clock;
    private final Event<CredentialsChanged> changed;

    TokenIssuers(
            Operations operations,
            Database database,
            TokenIssuerRepository repository,
            Instances instances,
            PageTokens tokens,
            Ids ids,
            Clock clock,
            Event<CredentialsChanged> changed) {
        this.operations = operations;
        this.database = database;
        this.repository = repository;
        this.instances = instances;
        this.tokens = tokens;
        this.ids = ids;
        this.clock = clock;
        this.changed = changed;
    }

    /** @throws Refusal {@code form_identifier_exists} (issuer), {@code resource_not_found} for the instance */
    public TokenIssuerView create(Caller caller, @Nullable String requestId, CreateTokenIssuer command) {
        Call call = new Call(caller, Operation.CREATE_TOKEN_ISSUER, requestId);
        return operations.write(call, command, TokenIssuerView.class, () -> {
            Instant now = Input.now(clock);
            TokenIssuerView created = new TokenIssuerView(
                    Input.reference("instance_id", command.instanceId()),
                    ids.next(Ids.Kind.TOKEN_ISSUER),
                    Input.required("issuer", command.issuer(), ISSUER_LENGTH),
                    jwksUri(command.jwksUri()),
                    audience(command.audience()),
                    now,
                    now,
                    0);
            repository.persistAndFlush(new TokenIssuer(created));
            return created;
        });
    }

    /**
     * Lists an instance's issuers in the order of their registration.
     *
     * @param tokenParam name of the page token's field on the door in question
     */
    public Page<TokenIssuerView> list(Caller caller, String instance, PageRequest request, String tokenParam) {
        return operations.read(caller, Operation.LIST_TOKEN_ISSUERS, () -> {
            String instanceId = Input.reference("instance_id", instance);
            instances.require(instanceId);
            Keyset keyset = tokens.keyset(request, ORDER, "t.id", List.of("token issuers", instanceId), tokenParam);
            return keyset.read(
                    database,
                    TokenIssuerView.COLUMNS,
                    Sql.of(" FROM token_issuer t WHERE t.instance_id = ?", instanceId),
                    TokenIssuerView::read);
        });
    }

    /**
     * Changes what is given. Where all of it is as given already, nothing is written and the etag stays.
     *
     * @throws Refusal {@code resource_not_found} for the instance or the issuer, {@code conflict}
     */
    public TokenIssuerView update(Caller caller, @Nullable String requestId, UpdateTokenIssuer command) {
        Call call = new Call(caller, Operation.UPDATE_TOKEN_ISSUER, requestId);
        TokenIssuerView updated = operations.write(call, command, TokenIssuerView.class, () -> {
            TokenIssuer issuer = lock(command.instanceId(), command.tokenIssuerId(), command.etag());
            if (command.jwksUri() != null) {
                issuer.jwksUri = jwksUri(command.jwksUri());
            }
            if (command.audience() != null) {
                issuer.audience = audience(command.audience());
            }
            if (repository.getEntityManager().unwrap(Session.class).isDirty()) {
                issuer.updatedAt = Input.now(clock);
                repository.flush();
            }
            return issuer.view();
        });
        changed.fire(new CredentialsChanged());
        return updated;
    }

    /**
     * Ends the validity of an issuer's tokens.
     *
     * @throws Refusal {@code resource_not_found} for the instance or the issuer, {@code conflict}
     */
    public void delete(Caller caller, @Nullable String requestId, DeleteTokenIssuer command) {
        Call call = new Call(caller, Operation.DELETE_TOKEN_ISSUER, requestId);
        operations.write(call, command, TokenIssuerView.class, () -> {
            TokenIssuer issuer = lock(command.instanceId(), command.tokenIssuerId(), command.etag());
            repository.delete(issuer);
            repository.flush();
            return issuer.view();
        });
        changed.fire(new CredentialsChanged());
    }

    private TokenIssuer lock(String instance, String tokenIssuer, @Nullable String etag) {
        String instanceId = Input.reference("instance_id", instance);
        String id = Input.reference("token_issuer_id", tokenIssuer);
        TokenIssuer found = repository
                .findByIdOptional(new ScopedId(instanceId, id), LockModeType.PESSIMISTIC_WRITE)
                .orElseThrow(() -> {
                    instances.require(instanceId);
                    return Refusal.notFound("token_issuer", "token_issuer_id");
                });
        Etag.require(etag, found.view().etag());
        return found;
    }

    private static @Nullable String audience(@Nullable String audience) {
        return Input.optional("audience", audience, ISSUER_LENGTH);
    }

    private static String jwksUri(@Nullable String value) {
        String text = Input.required("jwks_uri", value, URI_LENGTH);
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (uri.getHost() != null && (scheme.equals("https") || scheme.equals("http"))) {
                return text;
            }
        } catch (URISyntaxException notAnAddress) {
            // Refused below, like an address of another kind.
        }
        throw Refusal.field(
                ErrorCode.FORM_PARAM_FORMAT_INVALID, "jwks_uri", "jwks_uri must be an http or https address.");
    }
}
