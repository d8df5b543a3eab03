package dev.membership.domain.role;

import dev.membership.domain.caller.Access;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.IgnoringCase;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.input.Input;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.paging.Keyset;
import dev.membership.domain.paging.Order;
import dev.membership.domain.paging.Page;
import dev.membership.domain.paging.PageRequest;
import dev.membership.domain.paging.PageTokens;
import dev.membership.domain.role.RoleCommands.Listing;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/** Lists of an instance's roles and permissions: one statement a page, one more for a total, one more for a user. */
@ApplicationScoped
public class RoleLists {
    private static final int QUERY_LENGTH = 256;

    private final Operations operations;
    private final Access access;
    private final Database database;
    private final PageTokens tokens;

    RoleLists(Operations operations, Access access, Database database, PageTokens tokens) {
        this.operations = operations;
        this.access = access;
        this.database = database;
        this.tokens = tokens;
    }

    /** @param tokenParam name of the page token's field on the door in question */
    public Page<RoleView> roles(Caller caller, Listing listing, PageRequest request, String tokenParam) {
        return operations.read(
                caller,
                Operation.LIST_ROLES,
                () -> list(caller, listing, request, tokenParam, "role", "r", RoleView.COLUMNS, RoleView::read));
    }

    /** @param tokenParam name of the page token's field on the door in question */
    public Page<PermissionView> permissions(Caller caller, Listing listing, PageRequest request, String tokenParam) {
        return operations.read(
                caller,
                Operation.LIST_PERMISSIONS,
                () -> list(
                        caller,
                        listing,
                        request,
                        tokenParam,
                        "permission",
                        "p",
                        PermissionView.COLUMNS,
                        PermissionView::read));
    }

    private <T> Page<T> list(
            Caller caller,
            Listing listing,
            PageRequest request,
            String tokenParam,
            String table,
            String alias,
            String columns,
            Row.Mapper<T> mapper) {
        String query = Input.optional("query", listing.query(), QUERY_LENGTH);
        Order order = Order.parse(listing.orderBy(), orders(alias));
        access.requireMember(caller);
        Keyset keyset = tokens.keyset(
                request,
                order,
                alias + ".id",
                List.of(table, caller.instanceId(), query == null ? "" : query),
                tokenParam);
        Sql rows = Sql.of(" FROM " + table + " " + alias + " WHERE " + alias + ".instance_id = ?", caller.instanceId());
        if (query != null) {
            rows.add(" AND (" + alias + ".id = ? OR ", query)
                    .add(IgnoringCase.contains("lower(" + alias + ".name)", query))
                    .add(" OR ")
                    .add(IgnoringCase.contains(alias + ".key", query))
                    .add(")");
        }
        return keyset.read(database, columns, rows, mapper);
    }

    private static Map<String, Order> orders(String alias) {
        return Order.named(
                Order.ascending("created_at", alias + ".created_at", Order.Type.TIME),
                Order.ascending("name", "(lower(" + alias + ".name) COLLATE \"C\")", Order.Type.TEXT),
                Order.ascending("key", alias + ".key", Order.Type.TEXT));
    }
}
