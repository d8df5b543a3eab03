package dev.membership.domain.membership;

import dev.membership.domain.database.Row;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.sql.SQLException;
import java.util.List;

/**
 * A role as a membership carries it.
 *
 * @param permissions keys, in alphabetical order
 * @param elevated whether it holds the minimum permissions
 */
@RegisterForReflection
public record MemberRole(String id, String key, String name, List<String> permissions, boolean elevated) {
    /** What a statement selects for {@link #read}, with {@code r} for the role. */
    static final String COLUMNS = columns("r");

    private static final int WIDTH = COLUMNS.split(",").length;

    /** The same with another name for the role. */
    static String columns(String role) {
        return "%1$s.id, %1$s.key, %1$s.name, %1$s.permission_keys, %1$s.elevated".formatted(role);
    }

    /** In SQL, the role as it was written last: another text as soon as somebody writes it again. */
    static String state(String role) {
        return "concat_ws(' ', %1$s.id, %1$s.xmin)".formatted(role);
    }

    static MemberRole read(Row row) throws SQLException {
        return row.repeated(
                MemberRole.class,
                WIDTH,
                role -> new MemberRole(role.text(), role.text(), role.text(), role.texts(), role.flag()));
    }

    /** How a change to another role changes the number of members who hold the minimum permissions. */
    int elevationTo(MemberRole other) {
        return (other.elevated ? 1 : 0) - (elevated ? 1 : 0);
    }
}
