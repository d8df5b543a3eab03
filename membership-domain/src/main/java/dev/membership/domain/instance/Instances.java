package dev.membership.domain.instance;

import dev.membership.domain.caller.Call;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.identifier.Ids;
import dev.membership.domain.input.Input;
import dev.membership.domain.instance.InstanceCommands.Create;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.paging.Keyset;
import dev.membership.domain.paging.Order;
import dev.membership.domain.paging.Page;
import dev.membership.domain.paging.PageRequest;
import dev.membership.domain.paging.PageTokens;
import dev.membership.domain.role.InitialRoles;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The operator's use cases: which instances there are. */
@ApplicationScoped
public class Instances {
    static final int NAME_LENGTH = 256;
    private static final Order ORDER = Order.ascending("created_at", "i.created_at", Order.Type.TIME);

    private final Operations operations;
    private final Database database;
    private final InstanceRepository repository;
    private final OrganizationSettingsRepository settings;
    private final InitialRoles initialRoles;
    private final PageTokens tokens;
    private final Ids ids;
    private final Clock clock;

    Instances(
            Operations operations,
            Database database,
            InstanceRepository repository,
            OrganizationSettingsRepository settings,
            InitialRoles initialRoles,
            PageTokens tokens,
            Ids ids,
            Clock clock) {
        this.operations = operations;
        this.database = database;
        this.repository = repository;
        this.settings = settings;
        this.initialRoles = initialRoles;
        this.tokens = tokens;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Creates an instance with its system permissions, its first two roles and its settings.
     *
     * @throws Refusal {@code form_identifier_exists} for an id that was brought along
     */
    public InstanceView create(Caller caller, @Nullable String requestId, Create command) {
        Call call = new Call(caller, Operation.CREATE_INSTANCE, requestId);
        return operations.write(call, command, InstanceView.class, () -> {
            Instant now = Input.now(clock);
            InstanceView created = new InstanceView(
                    ids.givenOrNext(Ids.Kind.INSTANCE, "id", command.id()),
                    Input.required("name", command.name(), NAME_LENGTH),
                    now,
                    now);
            repository.persistAndFlush(new Instance(created));
            InitialRoles.Created roles = initialRoles.create(created.id(), now);
            settings.persistAndFlush(new OrganizationSettings(created.id(), roles.adminId(), roles.memberId(), now));
            return created;
        });
    }

    /**
     * Lists all instances in the order of their creation.
     *
     * @param tokenParam name of the page token's field on the door in question
     */
    public Page<InstanceView> list(Caller caller, PageRequest request, String tokenParam) {
        return operations.read(caller, Operation.LIST_INSTANCES, () -> {
            Keyset keyset = tokens.keyset(request, ORDER, "i.id", "instances", tokenParam);
            return keyset.read(
                    database, InstanceView.COLUMNS, Sql.of(" FROM instance i WHERE true"), InstanceView::read);
        });
    }

    /** @throws Refusal {@code resource_not_found} on {@code instance_id} */
    void require(String instanceId) {
        if (database.first(Sql.of("SELECT id FROM instance WHERE id = ?", instanceId), Row::text)
                .isEmpty()) {
            throw Refusal.notFound("instance", "instance_id");
        }
    }
}
