package dev.membership.domain.instance;

import dev.membership.domain.database.Row;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.sql.SQLException;
import java.time.Instant;

/** An instance as it is read: a world of its own, whose organizations, users and roles no other instance sees. */
@RegisterForReflection
public record InstanceView(String id, String name, Instant createdAt, Instant updatedAt) {
    /** What a statement selects for {@link #read}, with {@code i} for the instance. */
    static final String COLUMNS = "i.id, i.name, i.created_at, i.updated_at";

    static InstanceView read(Row row) throws SQLException {
        return new InstanceView(row.text(), row.text(), row.instant(), row.instant());
    }
}
