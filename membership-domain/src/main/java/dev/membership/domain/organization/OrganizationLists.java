package dev.membership.domain.organization;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.IdFilter;
import dev.membership.domain.database.IgnoringCase;
import dev.membership.domain.database.Sql;
import dev.membership.domain.input.Input;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.organization.OrganizationCommands.Listing;
import dev.membership.domain.paging.Keyset;
import dev.membership.domain.paging.Order;
import dev.membership.domain.paging.Page;
import dev.membership.domain.paging.PageRequest;
import dev.membership.domain.paging.PageTokens;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The organizations of an instance. One statement reads a page; a total, if asked for, costs one more. */
@ApplicationScoped
public class OrganizationLists {
    private static final Map<String, Order> ORDERS = Order.named(
            Order.ascending("created_at", "o.created_at", Order.Type.TIME),
            Order.ascending("name", "o.name_key", Order.Type.TEXT),
            Order.ascending("members_count", "c.members_count", Order.Type.NUMBER));

    private final Operations operations;
    private final Database database;
    private final PageTokens tokens;

    OrganizationLists(Operations operations, Database database, PageTokens tokens) {
        this.operations = operations;
        this.database = database;
        this.tokens = tokens;
    }

    /** @param tokenParam name of the page token's field on the door in question */
    public Page<OrganizationView> list(Caller caller, Listing listing, PageRequest request, String tokenParam) {
        return operations.read(caller, Operation.LIST_ORGANIZATIONS, () -> {
            Sql list = Sql.of(
                    " FROM organization o " + OrganizationView.JOIN_COUNTER
                            + " WHERE o.instance_id = ? AND o.deleted_at IS NULL",
                    caller.instanceId());
            String query = Input.optional("query", listing.query(), 255);
            Sql conditions = conditions(query, listing);
            Keyset keyset = tokens.keyset(
                    request,
                    Order.parse(listing.orderBy(), ORDERS),
                    "o.id",
                    Arrays.asList(
                            "organizations",
                            caller.instanceId(),
                            listing.query(),
                            listing.organizationIds(),
                            listing.userIds()),
                    tokenParam);
            return query != null && IgnoringCase.hasTrigram(query)
                    ? keyset.search(
                            database,
                            OrganizationView.COLUMNS,
                            list,
                            "o",
                            OrganizationView.JOIN_COUNTER,
                            conditions,
                            OrganizationView::read)
                    : keyset.read(database, OrganizationView.COLUMNS, list.add(conditions), OrganizationView::read);
        });
    }

    private static Sql conditions(@Nullable String query, Listing listing) {
        Sql sql = Sql.of("");
        if (query != null) {
            sql.add(" AND ").add(IgnoringCase.search("o.search", query));
            sql.add(" AND (o.id = ? OR ", query)
                    .add(IgnoringCase.contains("o.name_key", query))
                    .add(" OR ")
                    .add(IgnoringCase.contains("o.slug", query))
                    .add(")");
        }
        sql.add(IdFilter.parse("organization_id", listing.organizationIds()).on("o.id"));
        IdFilter members = IdFilter.parse("user_id", listing.userIds());
        String isMember =
                "EXISTS (SELECT 1 FROM membership f WHERE f.instance_id = o.instance_id AND f.organization_id = o.id AND f.user_id = ANY (?))";
        if (!members.included().isEmpty()) {
            sql.add(" AND " + isMember, members.included());
        }
        if (!members.excluded().isEmpty()) {
            sql.add(" AND NOT " + isMember, members.excluded());
        }
        return sql;
    }
}
