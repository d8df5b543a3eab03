package dev.membership.domain.user;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.Sql;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.paging.Keyset;
import dev.membership.domain.paging.Order;
import dev.membership.domain.paging.Page;
import dev.membership.domain.paging.PageRequest;
import dev.membership.domain.paging.PageTokens;
import dev.membership.domain.user.UserCommands.Listing;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/** Lists of an instance's users. One statement reads a page, one more the total, if it is asked for. */
@ApplicationScoped
public class UserLists {
    private static final Map<String, Order> ORDERS = Order.named(
            Order.ascending("created_at", "u.created_at", Order.Type.TIME),
            Order.ascending("updated_at", "u.updated_at", Order.Type.TIME),
            Order.ascending("email_address", "u.email_key", Order.Type.TEXT),
            Order.ascending("phone_number", "u.phone_key", Order.Type.TEXT),
            Order.ascending("username", "u.username_key", Order.Type.TEXT),
            Order.ascending("first_name", "u.first_name_key", Order.Type.TEXT),
            Order.ascending("last_name", "u.last_name_key", Order.Type.TEXT));

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
            Sql list = Sql.of(" FROM app_user u WHERE u.instance_id = ?", caller.instanceId())
                    .add(UserConditions.of(listing.filter()));
            Keyset keyset = tokens.keyset(
                    request,
                    Order.parse(listing.orderBy(), ORDERS),
                    "u.id",
                    List.of("users", caller.instanceId(), listing.filter()),
                    tokenParam);
            return keyset.read(database, UserView.COLUMNS, list, UserView::read);
        });
    }
}
