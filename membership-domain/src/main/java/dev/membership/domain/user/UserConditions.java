package dev.membership.domain.user;

import dev.membership.domain.database.IgnoringCase;
import dev.membership.domain.database.Sql;
import dev.membership.domain.input.Input;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A filter's conditions on users, in SQL, each with " AND " before it. */
public final class UserConditions {
    private static final int TEXT_LENGTH = 255;

    private final String table;
    private final Sql sql = Sql.of("");
    private boolean searches;

    private UserConditions(String table) {
        this.table = table;
    }

    /**
     * Those on users' texts.
     *
     * @param table where they are read: {@code u}, a user's, or {@code m}, a membership's, which has copies of them in
     *     indexes by organization
     * @param phones whether {@link UserFilter#query} looks at phone numbers too that are not their users' identifiers
     */
    public static UserConditions onTexts(UserFilter filter, String table, boolean phones) {
        UserConditions conditions = new UserConditions(table);
        conditions.anyOf("email_address", "email_key", filter.emailAddresses());
        conditions.anyOf("phone_number", "phone_key", filter.phoneNumbers());
        conditions.anyOf("username", "username_key", filter.usernames());
        conditions.contains("query", phones ? null : withoutPhones(table), filter.query());
        conditions.contains("email_address_query", table + ".email_key", filter.emailAddressQuery());
        conditions.contains("phone_number_query", table + ".phone_key", filter.phoneNumberQuery());
        conditions.contains("username_query", table + ".username_key", filter.usernameQuery());
        conditions.contains(
                "name_query",
                "(" + table + ".first_name_key || ' ' || " + table + ".last_name_key)",
                filter.nameQuery());
        return conditions;
    }

    /** In SQL, the search text without its line of the phone number, unless that is the identifier. */
    private static String withoutPhones(String table) {
        return """
                (CASE WHEN %1$s.email_key = '' AND %1$s.username_key = '' THEN %1$s.search
                    ELSE replace(%1$s.search, chr(10) || %1$s.phone_key || chr(10), chr(10)) END)
                """.formatted(table);
    }

    /** Those on the times of user {@code u}. */
    public static Sql onTimes(UserFilter filter) {
        UserConditions conditions = new UserConditions("u");
        conditions.compare("last_active_at <", "last_active_at_before", filter.lastActiveAtBefore());
        conditions.compare("last_active_at >", "last_active_at_after", filter.lastActiveAtAfter());
        conditions.compare("created_at <", "created_at_before", filter.createdAtBefore());
        conditions.compare("created_at >", "created_at_after", filter.createdAtAfter());
        return conditions.sql;
    }

    public Sql sql() {
        return sql;
    }

    /** Whether a search index finds those who satisfy them. */
    public boolean searches() {
        return searches;
    }

    private void anyOf(String param, String column, List<String> values) {
        List<String> wanted = Input.filterValues(param, values);
        if (!wanted.isEmpty()) {
            sql.add(" AND ").add(IgnoringCase.isOneOf(table + "." + column, wanted));
        }
    }

    /** @param column null: the whole search text, which contains the columns and so narrows them by its index too */
    private void contains(String param, @Nullable String column, @Nullable String text) {
        String wanted = Input.optional(param, text, TEXT_LENGTH);
        if (wanted == null) {
            return;
        }
        boolean indexed = IgnoringCase.hasTrigram(wanted);
        searches |= indexed;
        if (indexed || column == null) {
            sql.add(" AND ").add(IgnoringCase.search(table + ".search", wanted));
        }
        if (column != null) {
            sql.add(" AND ").add(IgnoringCase.contains(column, wanted));
        }
    }

    private void compare(String comparison, String param, @Nullable Instant value) {
        if (value != null) {
            sql.add(" AND " + table + "." + comparison + " ?", Input.time(param, value));
        }
    }
}
