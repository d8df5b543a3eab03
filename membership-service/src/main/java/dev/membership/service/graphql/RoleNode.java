package dev.membership.service.graphql;

import dev.membership.domain.role.RoleView;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Id;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/** GraphQL's view of a {@link RoleView}. */
@Name("Role")
@Description("What members may do, by one name. Roles belong to the instance.")
public final class RoleNode extends Node {
    private final RoleView view;

    RoleNode(RoleView view) {
        this.view = view;
    }

    @Id
    @NonNull public String getId() {
        return view.id();
    }

    @NonNull @Description("Such as org:admin; unique in the instance.")
    public String getKey() {
        return view.key();
    }

    @NonNull public String getName() {
        return view.name();
    }

    public @Nullable String getDescription() {
        return view.description();
    }

    @NonNull @Name("isCreatorEligible")
    @Description("Whether it has the permissions that a creator role must have.")
    public boolean isCreatorEligible() {
        return view.creatorEligible();
    }

    @NonNull @Description("In the order of their keys.")
    public List<@NonNull PermissionNode> getPermissions() {
        return view.permissions().stream().map(PermissionNode::new).toList();
    }

    @NonNull public Instant getCreatedAt() {
        return view.createdAt();
    }

    @NonNull public Instant getUpdatedAt() {
        return view.updatedAt();
    }

    @NonNull @Description("Names this state: send it with a change to have the change refused if another came first.")
    public String getEtag() {
        return view.etag();
    }
}
