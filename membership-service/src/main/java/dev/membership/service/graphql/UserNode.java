package dev.membership.service.graphql;

import dev.membership.domain.user.UserView;
import java.time.Instant;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Id;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/** GraphQL's view of a {@link UserView}. */
@Name("User")
@Description("A user, as far as memberships need it; the identity provider stays its home.")
public final class UserNode extends Node {
    private final UserView view;

    UserNode(UserView view) {
        this.view = view;
    }

    @Id
    @NonNull public String getId() {
        return view.id();
    }

    @Description("The identity provider's id; unique in the instance.")
    public @Nullable String getExternalId() {
        return view.externalId();
    }

    public @Nullable String getUsername() {
        return view.username();
    }

    public @Nullable String getFirstName() {
        return view.firstName();
    }

    public @Nullable String getLastName() {
        return view.lastName();
    }

    @Description("Unique in the instance, without case.")
    public @Nullable String getEmailAddress() {
        return view.emailAddress();
    }

    public @Nullable String getPhoneNumber() {
        return view.phoneNumber();
    }

    @NonNull @Description("Address of the picture; empty when there is none.")
    public String getImageUrl() {
        return view.imageUrl() == null ? "" : view.imageUrl();
    }

    @NonNull public boolean isHasImage() {
        return view.hasImage();
    }

    @NonNull @Description("A banned user is refused at every door and fails every check.")
    public boolean isBanned() {
        return view.banned();
    }

    @NonNull @Description("Whether the user may create organizations.")
    public boolean isCreateOrganizationEnabled() {
        return view.createOrganizationEnabled();
    }

    @Description("How many organizations the user may have created; null: 100; 0: no limit.")
    public @Nullable Integer getCreateOrganizationsLimit() {
        return view.createOrganizationsLimit();
    }

    public @Nullable Instant getLastActiveAt() {
        return view.lastActiveAt();
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
