package dev.membership.domain.role;

import dev.membership.domain.database.Etag;
import dev.membership.domain.database.Row;
import dev.membership.domain.operation.Json;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A role as it is read.
 *
 * @param custom false for the two roles every instance begins with
 * @param elevated whether it holds the minimum permissions
 * @param permissions in the order of their keys
 */
@RegisterForReflection
public record RoleView(
        String id,
        String key,
        String name,
        @Nullable String description,
        boolean custom,
        boolean elevated,
        Instant createdAt,
        Instant updatedAt,
        long version,
        List<PermissionView> permissions) {

    /** What a statement selects for {@link #read}, with {@code r} for the role: its permissions come along as one value. */
    static final String COLUMNS =
            "r.id, r.key, r.name, r.description, r.custom, r.elevated, r.created_at, r.updated_at, r.version, "
                    + "(SELECT coalesce(json_agg(" + PermissionView.JSON + " ORDER BY p.key), '[]')"
                    + " FROM role_permission rp"
                    + " JOIN permission p ON p.instance_id = rp.instance_id AND p.id = rp.permission_id"
                    + " WHERE rp.instance_id = r.instance_id AND rp.role_id = r.id)";

    static RoleView read(Row row) throws SQLException {
        return new RoleView(
                row.text(),
                row.text(),
                row.text(),
                row.textOrNull(),
                row.flag(),
                row.flag(),
                row.instant(),
                row.instant(),
                row.number(),
                Json.readList(row.text(), PermissionView.class));
    }

    public String etag() {
        return Etag.of(version, updatedAt);
    }

    /** Whether its permissions are those, in whatever order; none is named twice. */
    boolean hasExactly(List<String> permissionIds) {
        return permissions.size() == permissionIds.size()
                && permissions.stream().map(PermissionView::id).allMatch(permissionIds::contains);
    }

    /** Whether it may be the creators' role. */
    public boolean creatorEligible() {
        return elevated;
    }
}
