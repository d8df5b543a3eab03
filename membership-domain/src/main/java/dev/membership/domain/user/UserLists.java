package dev.membership.domain.user;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.database.Database;
import dev.membership.domain.database.IdFilter;
import dev.membership.domain.database.Sql;
import dev.membership.domain.operation.Operations;
import dev.membership.domain.paging.Keyset;
import dev.membership.domain.paging.Order;
import dev.membership.domain.paging.Page;
import dev.membership.domain.paging.PageRequest;
import dev.membership.domain.paging.PageTokens;
import dev.membership.domain.user.UserCommands.Filter;
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
            Sql list = Sql.of(" FROM app_user u WHERE u.instance_id = ?", caller.instanceId());
            UserConditions texts = UserConditions.onTexts(listing.filter(), "u", true);
            Sql conditions = conditions(listing.filter()).add(texts.sql());
            Keyset keyset = tokens.keyset(
                    request,
                    Order.parse(listing.orderBy(), ORDERS),
                    "u.id",
                    List.of("users", caller.instanceId(), listing.filter()),
                    tokenParam);
            return texts.searches()
                    ? keyset.search(database, UserView.COLUMNS, list, "u", "", conditions, UserView::read)
                    : keyset.read(database, UserView.COLUMNS, list.add(conditions), UserView::read);
        });
    }

    /** All but those on texts. */
    private static Sql conditions(Filter filter) {
        Sql conditions = Sql.of("")
                .add(IdFilter.parse("user_id", filter.userIds()).on("u.id"))
                .add(IdFilter.parse("external_id", filter.externalIds()).on("u.external_id"))
                .add(memberOf(IdFilter.parse("organization_id", filter.organizationIds())))
                .add(UserConditions.onTimes(filter));
        return filter.banned() == null ? conditions : conditions.add(" AND u.banned = ?", filter.banned());
    }

    private static Sql memberOf(IdFilter organizations) {
        Sql conditions = Sql.of("");
        if (!organizations.included().isEmpty()) {
            conditions.add(" AND").add(isMember(organizations.included()));
        }
        if (!organizations.excluded().isEmpty()) {
            conditions.add(" AND NOT").add(isMember(organizations.excluded()));
        }
        return conditions;
    }

    private static Sql isMember(List<String> organizationIds) {
        return Sql.of("""
                 EXISTS (SELECT 1 FROM membership m
                    JOIN organization o ON o.instance_id = m.instance_id AND o.id = m.organization_id
                    WHERE m.instance_id = u.instance_id AND m.user_id = u.id AND m.organization_id = ANY (?)
                        AND o.deleted_at IS NULL)
                """, organizationIds);
    }
}
