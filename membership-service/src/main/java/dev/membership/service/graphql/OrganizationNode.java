package dev.membership.service.graphql;

import dev.membership.domain.organization.OrganizationView;
import java.time.Instant;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Id;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/** GraphQL's view of an {@link OrganizationView}. */
@Name("Organization")
@Description("A customer's team.")
public final class OrganizationNode extends Node {
    private final OrganizationView view;

    OrganizationNode(OrganizationView view) {
        this.view = view;
    }

    @Id
    @NonNull public String getId() {
        return view.id();
    }

    @NonNull public String getName() {
        return view.name();
    }

    @NonNull @Description("Unique in the instance; lower-case letters, digits and hyphens.")
    public String getSlug() {
        return view.slug();
    }

    @NonNull @Description("Address of the logo; empty when there is none.")
    public String getImageUrl() {
        return view.imageUrl() == null ? "" : view.imageUrl();
    }

    @NonNull public boolean isHasImage() {
        return view.hasImage();
    }

    @NonNull public int getMembersCount() {
        return view.membersCount();
    }

    @NonNull public int getPendingInvitationsCount() {
        return view.pendingInvitationsCount();
    }

    @NonNull @Description("Members and pending invitations together may not exceed it; 0: no limit.")
    public int getMaxAllowedMemberships() {
        return view.maxAllowedMemberships();
    }

    @NonNull @Description("Whether a member with org:sys_profile:delete may delete the organization.")
    public boolean isAdminDeleteEnabled() {
        return view.adminDeleteEnabled();
    }

    @NonNull public Object getPublicMetadata() {
        return JsonObjects.of(view.publicMetadata());
    }

    @Description("Only for secret keys; null for users.")
    public @Nullable Object getPrivateMetadata() {
        return JsonObjects.of(view.privateMetadata());
    }

    @Description("User id of the creator, if there was one. Only for secret keys; null for users.")
    public @Nullable String getCreatedBy() {
        return view.createdBy();
    }

    @NonNull @Description("True while no member holds the minimum permissions.")
    public boolean isMissingMemberWithElevatedPermissions() {
        return view.missingMemberWithElevatedPermissions();
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
