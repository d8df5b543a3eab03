package dev.membership.domain.membership;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.database.IdFilter;
import dev.membership.domain.database.IgnoringCase;
import dev.membership.domain.database.Sql;
import dev.membership.domain.input.Input;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A filter's conditions on memberships {@code m}, in SQL, each with " AND " before it. */
final class MembershipConditions {
    private static final int TEXT_LENGTH = 255;
    /** The search indexes hold trigrams: a text with fewer letters and digits has none to look up. */
    private static final int INDEXED_LENGTH = 3;

    private final Caller caller;
    private final String userTable;
    private final Sql sql = Sql.of("");
    private boolean searches;

    /** @param userTable the one whose search text is searched: u for users, or m, which has a copy */
    MembershipConditions(Caller caller, String userTable) {
        this.caller = caller;
        this.userTable = userTable;
    }

    /** One role is compared and not searched for in a list, so that its index also gives the order. */
    void roles(List<String> keys) {
        List<String> values = Input.filterValues("role", keys);
        if (values.size() == 1) {
            sql.add(
                    " AND m.role_id = (SELECT id FROM role WHERE instance_id = ? AND key = ?)",
                    caller.instanceId(),
                    values.getFirst());
        } else if (!values.isEmpty()) {
            sql.add(
                    " AND m.role_id = ANY (ARRAY(SELECT id FROM role WHERE instance_id = ? AND key = ANY (?)))",
                    caller.instanceId(),
                    values);
        }
    }

    void userIds(List<String> values) {
        sql.add(IdFilter.parse("user_id", values).on("m.user_id"));
    }

    void anyOf(String param, String column, List<String> values) {
        List<String> wanted = Input.filterValues(param, values);
        if (!wanted.isEmpty()) {
            sql.add(" AND ").add(IgnoringCase.isOneOf(column, wanted));
        }
    }

    /** @param column null: the whole search text, which contains the columns and so narrows them by its index too */
    void contains(String param, @Nullable String column, @Nullable String text) {
        String wanted = Input.optional(param, text, TEXT_LENGTH);
        if (wanted == null) {
            return;
        }
        boolean indexed = wanted.codePoints().filter(Character::isLetterOrDigit).count() >= INDEXED_LENGTH;
        searches |= indexed;
        if (indexed || column == null) {
            // Of a text without a trigram the index would return everybody, in no order: "|| ''" keeps it out.
            sql.add(" AND ").add(IgnoringCase.contains(userTable + ".search" + (indexed ? "" : " || ''"), wanted));
        }
        if (column != null) {
            sql.add(" AND ").add(IgnoringCase.contains(column, wanted));
        }
    }

    void ofUser(String comparison, @Nullable Instant value) {
        if (value != null) {
            sql.add(
                    " AND EXISTS (SELECT 1 FROM app_user f WHERE f.instance_id = m.instance_id AND f.id = m.user_id AND f."
                            + comparison + " ?)",
                    value);
        }
    }

    /** Whether a search index finds those who satisfy them. */
    boolean searches() {
        return searches;
    }

    Sql sql() {
        return sql;
    }
}
