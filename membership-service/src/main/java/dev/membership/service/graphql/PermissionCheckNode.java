package dev.membership.service.graphql;

import dev.membership.domain.membership.PermissionCheck;
import dev.membership.domain.membership.PermissionCheck.Reason;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/** GraphQL's view of a {@link PermissionCheck}. */
@Name("PermissionCheck")
@Description("Whether a user may do something, and why.")
public record PermissionCheckNode(
        @NonNull boolean allowed,
        @NonNull Reason reason,
        @Nullable String role) {
    static PermissionCheckNode of(PermissionCheck check) {
        return new PermissionCheckNode(check.allowed(), check.reason(), check.role());
    }
}
