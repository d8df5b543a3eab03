package dev.membership.domain.instance;

import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.identifier.Ids;
import dev.membership.domain.input.Input;
import dev.membership.domain.instance.InstanceCommands.CreateSecretKey;
import dev.membership.domain.instance.InstanceCommands.RevokeSecretKey;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.paging.Keyset;
import dev.membership.domain.paging.Order;
import dev.membership.domain.paging.Page;
import dev.membership.domain.paging.PageRequest;
import dev.membership.domain.paging.PageTokens;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The operator's use cases: which programs may call for an instance. */
@ApplicationScoped
public class SecretKeys {
    private static final int SECRET_BYTES = 30;
    private static final Order ORDER = Order.ascending("created_at", "k.created_at", Order.Type.TIME);
    private static final Set<String> OPERATIONS = Arrays.stream(Operation.values())
            .filter(operation -> operation.audience() != Operation.Audience.OPERATOR)
            .map(Operation::publicName)
            .collect(Collectors.toUnmodifiableSet());

    private final Operations operations;
    private final Database database;
    private final SecretKeyRepository repository;
    private final Instances instances;
    private final PageTokens tokens;
    private final Ids ids;
    private final Clock clock;
    private final Event<CredentialsChanged> changed;
    // Not static: a native image would keep a static one's seed from the build.
    private final SecureRandom random = new SecureRandom();

    SecretKeys(
            Operations operations,
            Database database,
            SecretKeyRepository repository,
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

    /**
     * @param secret shown here and never again; null in the answer to a repetition, because only its hash is kept
     */
    public record Created(SecretKeyView key, @Nullable String secret) {
        /** Never the secret itself: what is printed may end in a log. */
        @Override
        public String toString() {
            return key.toString();
        }
    }

    /** @throws Refusal {@code resource_not_found} for the instance */
    public Created create(Caller caller, @Nullable String requestId, CreateSecretKey command) {
        Call call = new Call(caller, Operation.CREATE_SECRET_KEY, requestId);
        String id = ids.next(Ids.Kind.SECRET_KEY);
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        Secret secret = Secret.of(bytes);
        SecretKeyView key = operations.write(call, command, SecretKeyView.class, () -> {
            SecretKeyView created = new SecretKeyView(
                    Input.reference("instance_id", command.instanceId()),
                    id,
                    Input.required("name", command.name(), Instances.NAME_LENGTH),
                    secret.hint(),
                    command.readOnly(),
                    known(command.operations()),
                    Input.now(clock),
                    null);
            repository.persistAndFlush(new SecretKey(created, secret.hash()));
            return created;
        });
        return new Created(key, key.id().equals(id) ? secret.text() : null);
    }

    /**
     * Lists an instance's keys in the order of their creation, revoked ones included.
     *
     * @param tokenParam name of the page token's field on the door in question
     */
    public Page<SecretKeyView> list(Caller caller, String instance, PageRequest request, String tokenParam) {
        return operations.read(caller, Operation.LIST_SECRET_KEYS, () -> {
            String instanceId = Input.reference("instance_id", instance);
            instances.require(instanceId);
            Keyset keyset = tokens.keyset(request, ORDER, "k.id", List.of("secret keys", instanceId), tokenParam);
            return keyset.read(
                    database,
                    SecretKeyView.COLUMNS,
                    Sql.of(" FROM secret_key k WHERE k.instance_id = ?", instanceId),
                    SecretKeyView::read);
        });
    }

    /** Ends a key. One that has ended stays as it is. */
    public SecretKeyView revoke(Caller caller, @Nullable String requestId, RevokeSecretKey command) {
        Call call = new Call(caller, Operation.REVOKE_SECRET_KEY, requestId);
        SecretKeyView revoked = operations.write(call, command, SecretKeyView.class, () -> {
            String instanceId = Input.reference("instance_id", command.instanceId());
            String id = Input.reference("secret_key_id", command.secretKeyId());
            return database.first(
                            Sql.of(
                                    "UPDATE secret_key k SET revoked_at = coalesce(revoked_at, ?)"
                                            + " WHERE k.instance_id = ? AND k.id = ? RETURNING "
                                            + SecretKeyView.COLUMNS,
                                    Input.now(clock),
                                    instanceId,
                                    id),
                            SecretKeyView::read)
                    .orElseThrow(() -> {
                        instances.require(instanceId);
                        return Refusal.notFound("secret_key", "secret_key_id");
                    });
        });
        changed.fire(new CredentialsChanged());
        return revoked;
    }

    private static List<String> known(List<String> names) {
        if (!OPERATIONS.containsAll(names)) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID,
                    "operations",
                    "operations must be names of operations that secret keys may call, such as CheckPermission.");
        }
        return names.stream().distinct().toList();
    }
}
