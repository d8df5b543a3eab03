package dev.membership.domain.role;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be asked of roles and permissions. Null: not said, and so left as it is. */
public interface RoleCommands {
    /** @param permissions ids */
    @RegisterForReflection
    record Create(
            @Nullable String name,
            @Nullable String key,
            @Nullable String description,
            List<String> permissions) {}

    /**
     * @param description empty: none from now on
     * @param permissions ids of all that the role has afterwards; empty: none
     */
    @RegisterForReflection
    record Update(
            String roleId,
            @Nullable String etag,
            @Nullable String name,
            @Nullable String key,
            @Nullable String description,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<String> permissions) {}

    @RegisterForReflection
    record Delete(String roleId, @Nullable String etag) {}

    /** A permission to give to a role, or to take from it. */
    @RegisterForReflection
    record ChangePermission(
            String roleId, String permissionId, @Nullable String etag) {}

    @RegisterForReflection
    record CreatePermission(
            @Nullable String name,
            @Nullable String key,
            @Nullable String description) {}

    @RegisterForReflection
    record UpdatePermission(
            String permissionId,
            @Nullable String etag,
            @Nullable String name,
            @Nullable String key,
            @Nullable String description) {}

    @RegisterForReflection
    record DeletePermission(String permissionId, @Nullable String etag) {}

    /** @param query exact id, or part of name or key */
    record Listing(@Nullable String orderBy, @Nullable String query) {}

    /** What is left of a deleted role or permission. */
    @RegisterForReflection
    record Deleted(String id, String key) {}
}
