package dev.membership.service.graphql;

import dev.membership.domain.role.PermissionView;
import java.time.Instant;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Id;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;

/** GraphQL's view of a {@link PermissionView}. */
@Name("Permission")
@Description("Something that a role allows.")
public final class PermissionNode extends Node {
    private final PermissionView view;

    PermissionNode(PermissionView view) {
        this.view = view;
    }

    @Id
    @NonNull public String getId() {
        return view.id();
    }

    @NonNull @Description("\"org:<feature>:<action>\"; unique in the instance.")
    public String getKey() {
        return view.key();
    }

    @NonNull public String getName() {
        return view.name();
    }

    @NonNull public String getDescription() {
        return view.description();
    }

    @NonNull @Description("\"system\" or \"user\", by who made it.")
    public String getType() {
        return view.type();
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
