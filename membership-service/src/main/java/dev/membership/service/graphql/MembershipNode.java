package dev.membership.service.graphql;

import dev.membership.domain.membership.MembershipView;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Id;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/** GraphQL's view of a {@link MembershipView}. */
@Name("Membership")
@Description("One user's place in one organization.")
public final class MembershipNode extends Node {
    private final MembershipView view;

    MembershipNode(MembershipView view) {
        this.view = view;
    }

    @Id
    @NonNull public String getId() {
        return view.id();
    }

    @NonNull @Description("Key of the role, such as org:admin.")
    public String getRole() {
        return view.role().key();
    }

    @NonNull public String getRoleName() {
        return view.role().name();
    }

    @NonNull @Description("Keys of the role's permissions, in alphabetical order.")
    public List<@NonNull String> getPermissions() {
        return view.role().permissions();
    }

    @NonNull public Object getPublicMetadata() {
        return JsonObjects.of(view.publicMetadata());
    }

    @Description("Only for secret keys; null for users.")
    public @Nullable Object getPrivateMetadata() {
        return JsonObjects.of(view.privateMetadata());
    }

    @NonNull public OrganizationNode getOrganization() {
        return new OrganizationNode(view.organization());
    }

    @NonNull public PublicUserDataNode getPublicUserData() {
        return new PublicUserDataNode(view.user());
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
