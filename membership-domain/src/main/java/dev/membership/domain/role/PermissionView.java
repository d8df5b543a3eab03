package dev.membership.domain.role;

import dev.membership.domain.database.Etag;
import dev.membership.domain.database.Row;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.sql.SQLException;
import java.time.Instant;

/**
 * A permission as it is read.
 *
 * @param system whether it is one of those every instance begins with, which cannot be changed
 */
@RegisterForReflection
public record PermissionView(
        String id,
        String key,
        String name,
        String description,
        boolean system,
        Instant createdAt,
        Instant updatedAt,
        long version) {

    /** What a statement selects for {@link #read}, with {@code p} for the permission. */
    static final String COLUMNS = "p.id, p.key, p.name, p.description, p.system, p.created_at, p.updated_at, p.version";

    /** All of {@code p} as one JSON object, by the names that the components have there. */
    static final String JSON = """
            json_build_object('id', p.id, 'key', p.key, 'name', p.name, 'description', p.description, \
            'system', p.system, 'created_at', p.created_at, 'updated_at', p.updated_at, 'version', p.version)""";

    static PermissionView read(Row row) throws SQLException {
        return new PermissionView(
                row.text(), row.text(), row.text(), row.text(), row.flag(), row.instant(), row.instant(), row.number());
    }

    /** {@code system} or {@code user}, by who made it. */
    public String type() {
        return system ? "system" : "user";
    }

    public String etag() {
        return Etag.of(version, updatedAt);
    }
}
