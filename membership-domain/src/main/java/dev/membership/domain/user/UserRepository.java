package dev.membership.domain.user;

import dev.membership.domain.database.Database;
import dev.membership.domain.database.ScopedId;
import dev.membership.domain.database.Sql;
import dev.membership.domain.operation.Json;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Writes users: one as an entity, many by one statement, to which they are passed as JSON in the table's own names. */
@ApplicationScoped
class UserRepository implements PanacheRepositoryBase<User, ScopedId> {
    private static final String CHANGEABLE = """
            external_id, username, first_name, last_name, email_address, phone_number, image_url, banned, \
            create_organization_enabled, create_organizations_limit, last_active_at, updated_at, version""";

    private static final String GIVEN = " FROM jsonb_populate_recordset(NULL::app_user, ?::jsonb) AS given";

    private final Database database;

    UserRepository(Database database) {
        this.database = database;
    }

    /** The order lets two calls that bring the same users wait for each other rather than lock each other out. */
    void addAll(String instanceId, List<UserView> users) {
        if (!users.isEmpty()) {
            database.execute(Sql.of(
                    "INSERT INTO app_user (instance_id, id, created_at, " + CHANGEABLE + ") SELECT ?, id, created_at, "
                            + CHANGEABLE + GIVEN + " ORDER BY external_id, id",
                    instanceId,
                    Json.write(users)));
        }
    }

    /** Takes from users, who are to be saved next, what no two of an instance may have in common. */
    void giveUp(String instanceId, List<UserView> users) {
        database.execute(Sql.of(
                "UPDATE app_user SET external_id = NULL, username = NULL, email_address = NULL, phone_number = NULL"
                        + " WHERE instance_id = ? AND id = ANY (?)",
                instanceId,
                users.stream().map(UserView::id).toList()));
    }

    void saveAll(String instanceId, List<UserView> users) {
        if (!users.isEmpty()) {
            database.execute(Sql.of(
                    "UPDATE app_user AS u SET (" + CHANGEABLE + ") = ROW (given."
                            + CHANGEABLE.replace(", ", ", given.") + ")" + GIVEN
                            + " WHERE u.id = given.id AND u.instance_id = ?",
                    Json.write(users),
                    instanceId));
        }
    }
}
