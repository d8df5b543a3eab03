package dev.membership.domain.membership;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import dev.membership.domain.membership.MembershipCommands.Filter;
import dev.membership.domain.membership.MembershipCommands.Listing;
import dev.membership.domain.membership.MembershipCommands.Parent;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.operation.SharedReads;
import dev.membership.domain.organization.OrganizationCounters;
import dev.membership.domain.paging.Keyset;
import dev.membership.domain.paging.Keyset.Placed;
import dev.membership.domain.paging.Order;
import dev.membership.domain.paging.Page;
import dev.membership.domain.paging.PageRequest;
import dev.membership.domain.paging.PageTokens;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lists of memberships: of an organization, of a user, of the instance. One statement reads a page, whatever its place and
 * however many parents are asked for at once; a total costs one more, save that of a whole organization, which is kept.
 */
@ApplicationScoped
public class MembershipLists {
    private static final Map<String, Order> ORDERS = orders("m");
    /** Of an instance, the users' own sort keys are indexed; those kept with memberships are, within an organization. */
    private static final Map<String, Order> INSTANCE_ORDERS = orders("u");

    /** For users as callers: a place in an order by what they may not read would tell it. */
    private static final Map<String, Order> SHOWN_ORDERS = Order.named(ORDERS.values().stream()
            .filter(order -> !order.name().equals("phone_number"))
            .toArray(Order[]::new));

    private static final Map<String, Order> USER_ORDERS = Map.of("created_at", ORDERS.get("created_at"));

    private final Operations operations;
    private final Access access;
    private final Database database;
    private final PageTokens tokens;
    private final SharedReads<FirstPage, Page<MembershipView>> firstPages = new SharedReads<>(20, this::firstPages);

    MembershipLists(Operations operations, Access access, Database database, PageTokens tokens) {
        this.operations = operations;
        this.access = access;
        this.database = database;
        this.tokens = tokens;
    }

    /** A parent and what was read of it: the organization's count of members, and its page. */
    private record Child(
            String parentId,
            @Nullable Integer membersCount,
            @Nullable Placed<MembershipView> membership) {}

    /**
     * Lists memberships.
     *
     * @param tokenParam name of the page token's field on the door in question
     * @throws Refusal {@code resource_not_found} for an organization or user that is not there
     */
    public Page<MembershipView> list(Caller caller, Listing listing, PageRequest request, String tokenParam) {
        return operations.read(caller, Operation.LIST_MEMBERSHIPS, () -> {
            switch (listing.parent()) {
                case ORGANIZATION -> {
                    String organizationId = Input.reference("organization_id", listing.parentId());
                    access.require(caller, organizationId, Access.READ_MEMBERS, Access.MANAGE_MEMBERS);
                }
                case USER -> access.requireSelf(caller, Input.reference("user_id", listing.parentId()));
                case INSTANCE -> {
                    if (!caller.isBackend()) {
                        throw new Refusal(ErrorCode.AUTHORIZATION_INVALID);
                    }
                }
            }
            if (listing.parent() == Parent.INSTANCE) {
                return ofInstance(caller, listing, request, tokenParam);
            }
            String parentId = listing.parentId().strip();
            return Optional.ofNullable(read(caller, listing, List.of(parentId), request, tokenParam)
                            .get(parentId))
                    .orElseThrow(
                            () -> listing.parent() == Parent.USER ? userAbsent() : OrganizationCounters.absent(caller));
        });
    }

    /** Names the beginning of a user's list. */
    private record FirstPage(String userId, Kind kind) {
        /** What one statement can read for several users. */
        private record Kind(@Nullable String orderBy, PageRequest request) {}
    }

    /**
     * Lists a user's memberships from the beginning: what a service asks when somebody signs in. One statement at most, shared
     * with whoever asks at the same time; only a user's right to ask is waited for here.
     *
     * @param request without a token, rows to skip and a total
     * @throws Refusal {@code resource_not_found} for a user that is not there
     */
    public CompletionStage<Page<MembershipView>> firstOfUser(Caller caller, Listing listing, PageRequest request) {
        return operations.readSoon(caller, Operation.LIST_MEMBERSHIPS, () -> {
            String userId = Input.reference("user_id", listing.parentId());
            access.requireSelf(caller, userId);
            order(caller, listing); // what others ask for at the same time shall not fail with it
            return firstPages
                    .read(caller.instanceId(), new FirstPage(userId, new FirstPage.Kind(listing.orderBy(), request)))
                    .thenApply(found -> visible(found.orElseThrow(MembershipLists::userAbsent), caller));
        });
    }

    private Map<FirstPage, Page<MembershipView>> firstPages(String instanceId, List<FirstPage> asked) {
        Map<FirstPage, Page<MembershipView>> found = new HashMap<>();
        // Hardly ever more than one: all who ask want the same order and size.
        Map<FirstPage.Kind, Set<String>> users = asked.stream()
                .collect(Collectors.groupingBy(
                        FirstPage::kind, Collectors.mapping(FirstPage::userId, Collectors.toSet())));
        users.forEach((kind, ids) -> read(
                        new Caller.System(instanceId),
                        new Listing(Parent.USER, null, kind.orderBy(), Filter.NONE),
                        ids,
                        kind.request(),
                        "")
                .forEach((id, page) -> found.put(new FirstPage(id, kind), page)));
        return found;
    }

    /**
     * Lists the memberships of several organizations or users at once, with the same number of statements as of one, for
     * doors that read nested lists. What the caller may not see, or is not there, is left out.
     */
    public Map<String, Page<MembershipView>> listAll(
            Caller caller, Listing listing, Collection<String> parentIds, PageRequest request, String tokenParam) {
        return operations.read(
                caller,
                Operation.LIST_MEMBERSHIPS,
                () -> read(caller, listing, visible(caller, listing, parentIds), request, tokenParam));
    }

    private Collection<String> visible(Caller caller, Listing listing, Collection<String> parentIds) {
        if (!(caller instanceof Caller.User user)) {
            return parentIds;
        }
        if (listing.parent() == Parent.USER) {
            String self = access.self(user);
            return parentIds.stream().filter(self::equals).toList();
        }
        return access.standings(user, parentIds).values().stream()
                .filter(standing -> standing.has(Access.READ_MEMBERS) || standing.has(Access.MANAGE_MEMBERS))
                .map(Access.Standing::organizationId)
                .toList();
    }

    private Map<String, Page<MembershipView>> read(
            Caller caller, Listing listing, Collection<String> parents, PageRequest request, String tokenParam) {
        if (parents.isEmpty()) {
            return Map.of();
        }
        boolean ofUser = listing.parent() == Parent.USER;
        Order order = order(caller, listing);
        MembershipConditions conditions = MembershipConditions.of(caller, listing.filter(), "m");
        // A token is sealed to one parent's list, so a request with a token has one parent. With several, each
        // page gets tokens of its own list.
        Function<Collection<String>, Keyset> keysets = ids -> tokens.keyset(
                request,
                order,
                "m.id",
                List.of("memberships", caller.instanceId(), listing.parent(), ids, listing.filter()),
                tokenParam);
        Keyset keyset = keysets.apply(parents);
        Sql sql = ofUser
                ? OrganizationsPage.of(caller, parents, keyset)
                : MembersPage.of(caller, parents, conditions, keyset, request.size());
        Row.Mapper<Child> mapper = ofUser ? row -> ofUser(row, keyset) : row -> ofOrganization(row, keyset);

        Map<String, List<Placed<MembershipView>>> rows = new LinkedHashMap<>();
        Map<String, Long> counts = new LinkedHashMap<>();
        for (Child child : database.list(sql, mapper)) {
            List<Placed<MembershipView>> siblings = rows.computeIfAbsent(child.parentId(), id -> new ArrayList<>());
            if (child.membership() != null) {
                siblings.add(child.membership());
            }
            if (child.membersCount() != null) {
                counts.put(child.parentId(), child.membersCount().longValue());
            }
        }
        boolean filtered = !listing.filter().equals(Filter.NONE);
        Map<String, Long> totals = !request.total()
                ? Map.of()
                : filtered || ofUser ? countOf(caller, listing.parent(), rows.keySet(), conditions.sql()) : counts;
        return rows.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> visible(keysets.apply(List.of(entry.getKey())).page(entry.getValue()), caller)
                                .withTotal(request.total() ? totals.getOrDefault(entry.getKey(), 0L) : null)));
    }

    /** The order that is asked for, of a list that can be had. */
    private static Order order(Caller caller, Listing listing) {
        boolean ofUser = listing.parent() == Parent.USER;
        if (ofUser && !listing.filter().equals(Filter.NONE)) {
            throw Refusal.field(
                    ErrorCode.FORM_CONDITIONAL_PARAM_DISALLOWED, "filter", "A user's memberships cannot be filtered.");
        }
        return Order.parse(listing.orderBy(), ofUser ? USER_ORDERS : caller.isBackend() ? ORDERS : SHOWN_ORDERS);
    }

    private static Refusal userAbsent() {
        return Refusal.notFound("user", "user_id");
    }

    private static Child ofOrganization(Row row, Keyset keyset) throws SQLException {
        return new Child(row.text(), row.integer(), row.textOrNull() == null ? null : placed(row, keyset));
    }

    private static Child ofUser(Row row, Keyset keyset) throws SQLException {
        return new Child(row.text(), null, row.textOrNull() == null ? null : placed(row, keyset));
    }

    private static Placed<MembershipView> placed(Row row, Keyset keyset) throws SQLException {
        return keyset.placed(MembershipView::read).map(row);
    }

    private Page<MembershipView> ofInstance(Caller caller, Listing listing, PageRequest request, String tokenParam) {
        Sql conditions = MembershipConditions.of(caller, listing.filter(), "u").sql();
        Keyset keyset = tokens.keyset(
                request,
                Order.parse(listing.orderBy(), INSTANCE_ORDERS),
                "m.id",
                List.of("memberships", caller.instanceId(), listing.filter()),
                tokenParam);
        Sql list = Sql.of(MembershipView.FROM + " WHERE m.instance_id = ?", caller.instanceId())
                .add(conditions);
        // The outer join is for conditions on users; PostgreSQL leaves it out when there are none.
        Sql counted = Sql.of("""
                 FROM membership m
                LEFT JOIN app_user u ON u.instance_id = m.instance_id AND u.id = m.user_id
                JOIN organization o ON o.instance_id = m.instance_id AND o.id = m.organization_id
                WHERE o.deleted_at IS NULL AND m.instance_id = ?""", caller.instanceId()).add(conditions);
        return visible(keyset.read(database, MembershipView.COLUMNS, list, counted, MembershipView::read), caller);
    }

    private Map<String, Long> countOf(Caller caller, Parent parent, Set<String> parentIds, Sql conditions) {
        String column = parent == Parent.USER ? "m.user_id" : "m.organization_id";
        record Count(String parentId, long count) {}
        return database
                .list(
                        Sql.of("SELECT " + column + """
                                                , count(*) FROM membership m
                                                JOIN organization o ON o.instance_id = m.instance_id AND o.id = m.organization_id
                                                WHERE o.deleted_at IS NULL AND m.instance_id = ? AND """ + " " + column + " = ANY (?)", caller.instanceId(), parentIds)
                                .add(conditions)
                                .add(" GROUP BY " + column),
                        row -> new Count(row.text(), row.number()))
                .stream()
                .collect(Collectors.toMap(Count::parentId, Count::count));
    }

    private static Page<MembershipView> visible(Page<MembershipView> page, Caller caller) {
        return caller.isBackend() ? page : page.map(membership -> membership.visibleTo(caller));
    }

    private static Map<String, Order> orders(String table) {
        return Order.named(
                Order.ascending("created_at", "m.created_at", Order.Type.TIME),
                Order.ascending("email_address", table + ".email_key", Order.Type.TEXT),
                Order.ascending("first_name", table + ".first_name_key", Order.Type.TEXT),
                Order.ascending("last_name", table + ".last_name_key", Order.Type.TEXT),
                Order.ascending("phone_number", table + ".phone_key", Order.Type.TEXT),
                Order.ascending("username", table + ".username_key", Order.Type.TEXT));
    }
}
