package dev.membership.service.graphql;

import dev.membership.domain.user.PublicUserData;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Id;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;
import org.jspecify.annotations.Nullable;

/** GraphQL's view of {@link PublicUserData}. */
@Name("PublicUserData")
@Description("What other members may know of a user.")
public final class PublicUserDataNode {
    private final PublicUserData user;

    PublicUserDataNode(PublicUserData user) {
        this.user = user;
    }

    @Id
    @NonNull public String getUserId() {
        return user.userId();
    }

    public @Nullable String getFirstName() {
        return user.firstName();
    }

    public @Nullable String getLastName() {
        return user.lastName();
    }

    @NonNull @Description("Address of the picture; empty when there is none.")
    public String getImageUrl() {
        return user.imageUrl() == null ? "" : user.imageUrl();
    }

    @NonNull public boolean isHasImage() {
        return user.hasImage();
    }

    @Description("E-mail address, else username, else phone number.")
    public @Nullable String getIdentifier() {
        return user.identifier();
    }

    public @Nullable String getUsername() {
        return user.username();
    }

    @NonNull public boolean isBanned() {
        return user.banned();
    }
}
