package dev.membership.domain.user;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.paging.Keyset;
import dev.membership.domain.paging.Order;
import dev.membership.domain.paging.Page;
import dev.membership.domain.paging.PageRequest;
import dev.membership.domain.paging.PageTokens;
import dev.membership.domain.user.UserCommands.Listing;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lists of an instance's users. One statement reads a page, one more the total, if it is asked for. */
@ApplicationScoped
public class UserLists {
    private static final Map<String, Order> ORDERS = Stream.of(
                    Order.ascending("created_at", "u.created_at", Order.Type.TIME),
                    Order.ascending("updated_at", "u.updated_at", Order.Type.TIME),
                    Order.ascending("email_address", "u.email_key", Order.Type.TEXT),
                    Order.ascending("phone_number", "u.phone_key", Order.Type.TEXT),
                    Order.ascending("username", "u.username_key", Order.Type.TEXT),
                    Order.ascending("first_name", "u.first_name_key", Order.Type.TEXT),
                    Order.ascending("last_name", "u.last_name_key", Order.Type.TEXT))
            .collect(Collectors.toMap(Order::name, order -> order, (one, same) -> one, LinkedHashMap::new));

    private final Operations operations;
    private final Database database;
    private final PageTokens tokens;

    UserLists(Operations operations, Database database, PageTokens tokens) {
        this.operations = operations;
        this.database = database;
        this.tokens = tokens;
    }

    /** @param tokenParam name of the page token's field on the door in question */
    public Page<UserView> list(Caller caller, Listing listing, PageRequest request, String tokenParam) {
        return operations.read(caller, Operation.LIST_USERS, () -> {
            Sql conditions = Sql.of(" FROM app_user u WHERE u.instance_id = ?", caller.instanceId())
                    .add(UserConditions.of(listing.filter()));
            Keyset keyset = tokens.keyset(
                    request,
                    Order.parse(
                            listing.orderBy(), ORDERS, ORDERS.get("created_at").reversed()),
                    "u.id",
                    List.of("users", caller.instanceId(), listing.filter()),
                    tokenParam);
            List<Keyset.Placed<UserView>> rows = database.list(
                    Sql.of("SELECT " + keyset.columns() + ", " + UserView.COLUMNS)
                            .add(conditions)
                            .add(keyset.condition())
                            .add(keyset.orderAndLimit()),
                    keyset.placed(UserView::read));
            Long total = request.total()
                    ? database.first(Sql.of("SELECT count(*)").add(conditions), Row::number)
                            .orElseThrow()
                    : null;
            return keyset.page(rows).withTotal(total);
        });
    }
}
