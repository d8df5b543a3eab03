package dev.membership.domain.user;

import dev.membership.domain.database.IdFilter;
import dev.membership.domain.database.IgnoringCase;
import dev.membership.domain.database.Sql;
import dev.membership.domain.input.Input;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A filter's conditions on users {@code u}, in SQL, each with " AND " before it. */
final class UserConditions {
    private static final int TEXT_LENGTH = 255;

    private final Sql sql = Sql.of("");

    private UserConditions() {}

    static Sql of(UserCommands.Filter filter) {
        UserConditions conditions = new UserConditions();
        conditions.sql.add(IdFilter.parse("user_id", filter.userIds()).on("u.id"));
        conditions.sql.add(IdFilter.parse("external_id", filter.externalIds()).on("u.external_id"));
        conditions.anyOf("email_address", "u.email_key", filter.emailAddresses());
        conditions.anyOf("phone_number", "u.phone_key", filter.phoneNumbers());
        conditions.anyOf("username", "u.username_key", filter.usernames());
        conditions.memberOf(IdFilter.parse("organization_id", filter.organizationIds()));
        conditions.contains("query", null, filter.query());
        conditions.contains("email_address_query", "u.email_key", filter.emailAddressQuery());
        conditions.contains("phone_number_query", "u.phone_key", filter.phoneNumberQuery());
        conditions.contains("username_query", "u.username_key", filter.usernameQuery());
        conditions.contains("name_query", "(u.first_name_key || ' ' || u.last_name_key)", filter.nameQuery());
        conditions.compare("u.banned =", filter.banned());
        conditions.compare("u.last_active_at <", Input.time("last_active_at_before", filter.lastActiveAtBefore()));
        conditions.compare("u.last_active_at >", Input.time("last_active_at_after", filter.lastActiveAtAfter()));
        conditions.compare("u.created_at <", Input.time("created_at_before", filter.createdAtBefore()));
        conditions.compare("u.created_at >", Input.time("created_at_after", filter.createdAtAfter()));
        return conditions.sql;
    }

    private void anyOf(String param, String column, List<String> values) {
        List<String> wanted = Input.filterValues(param, values);
        if (!wanted.isEmpty()) {
            sql.add(" AND ").add(IgnoringCase.isOneOf(column, wanted));
        }
    }

    private void memberOf(IdFilter organizations) {
        if (!organizations.included().isEmpty()) {
            sql.add(" AND").add(isMember(organizations.included()));
        }
        if (!organizations.excluded().isEmpty()) {
            sql.add(" AND NOT").add(isMember(organizations.excluded()));
        }
    }

    private static Sql isMember(List<String> organizationIds) {
        return Sql.of("""
                 EXISTS (SELECT 1 FROM membership m
                    JOIN organization o ON o.instance_id = m.instance_id AND o.id = m.organization_id
                    WHERE m.instance_id = u.instance_id AND m.user_id = u.id AND m.organization_id = ANY (?)
                        AND o.deleted_at IS NULL)
                """, organizationIds);
    }

    /** @param column null: the whole search text, which contains the columns and so narrows them by its index too */
    private void contains(String param, @Nullable String column, @Nullable String text) {
        String wanted = Input.optional(param, text, TEXT_LENGTH);
        if (wanted != null) {
            sql.add(" AND ").add(IgnoringCase.contains("u.search", wanted));
            if (column != null) {
                sql.add(" AND ").add(IgnoringCase.contains(column, wanted));
            }
        }
    }

    private void compare(String comparison, @Nullable Object value) {
        if (value != null) {
            sql.add(" AND " + comparison + " ?", value);
        }
    }
}
