package dev.membership.domain.membership;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.database.IdFilter;
import dev.membership.domain.database.Sql;
import dev.membership.domain.input.Input;
import dev.membership.domain.membership.MembershipCommands.Filter;
import dev.membership.domain.user.PublicUserData;
import dev.membership.domain.user.UserConditions;
import java.util.List;

/**
 * A filter's conditions on memberships {@code m}.
 *
 * @param sql each with " AND " before it
 * @param searches whether a search index finds those who satisfy them
 */
record MembershipConditions(Sql sql, boolean searches) {
    /**
     * Users find members by what members may know of each other, as {@link PublicUserData} has it: by the rest they could find
     * out the rest.
     *
     * @param table where users' texts are read, so that an index serves: within an organization {@code m}, otherwise
     *     {@code u}
     */
    static MembershipConditions of(Caller caller, Filter filter, String table) {
        boolean backend = caller.isBackend();
        Input.backendOnly(backend, "phone_number", !filter.phoneNumbers().isEmpty());
        Input.backendOnly(backend, "phone_number_query", filter.phoneNumberQuery() != null);
        Input.backendOnly(backend, "last_active_at_before", filter.lastActiveAtBefore() != null);
        Input.backendOnly(backend, "last_active_at_after", filter.lastActiveAtAfter() != null);
        Input.backendOnly(backend, "created_at_before", filter.createdAtBefore() != null);
        Input.backendOnly(backend, "created_at_after", filter.createdAtAfter() != null);
        UserConditions texts = UserConditions.onTexts(filter, table, backend);
        return new MembershipConditions(
                ofRoles(caller, filter.roles())
                        .add(IdFilter.parse("user_id", filter.userIds()).on("m.user_id"))
                        .add(texts.sql())
                        .add(ofTimes(filter)),
                texts.searches());
    }

    /** One role is compared and not searched for in a list, so that its index also gives the order. */
    private static Sql ofRoles(Caller caller, List<String> keys) {
        List<String> values = Input.filterValues("role", keys);
        if (values.isEmpty()) {
            return Sql.of("");
        }
        return values.size() == 1
                ? Sql.of(
                        " AND m.role_id = (SELECT id FROM role WHERE instance_id = ? AND key = ?)",
                        caller.instanceId(),
                        values.getFirst())
                : Sql.of(
                        " AND m.role_id = ANY (ARRAY(SELECT id FROM role WHERE instance_id = ? AND key = ANY (?)))",
                        caller.instanceId(),
                        values);
    }

    private static Sql ofTimes(Filter filter) {
        Sql times = UserConditions.onTimes(filter);
        return times.isEmpty()
                ? times
                : Sql.of(
                                " AND EXISTS (SELECT 1 FROM app_user u WHERE u.instance_id = m.instance_id AND u.id = m.user_id")
                        .add(times)
                        .add(")");
    }
}
