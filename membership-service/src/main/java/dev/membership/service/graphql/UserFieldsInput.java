package dev.membership.service.graphql;

import dev.membership.domain.user.UserCommands.Fields;
import java.time.Instant;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.Name;
import org.jspecify.annotations.Nullable;

/** A user's fields that can be written; they are public because the framework fills them. */
@Name("UserFields")
@Description("A user's fields: an absent one is left as it is, or empty on creation; an empty text removes the value.")
public class UserFieldsInput {
    public @Nullable String externalId;
    public @Nullable String username;
    public @Nullable String firstName;
    public @Nullable String lastName;
    public @Nullable String emailAddress;
    public @Nullable String phoneNumber;
    public @Nullable String imageUrl;
    public @Nullable Boolean banned;
    public @Nullable Boolean createOrganizationEnabled;
    public @Nullable Integer createOrganizationsLimit;
    public @Nullable Instant lastActiveAt;

    Fields fields() {
        return new Fields(
                externalId,
                username,
                firstName,
                lastName,
                emailAddress,
                phoneNumber,
                imageUrl,
                banned,
                createOrganizationEnabled,
                createOrganizationsLimit,
                lastActiveAt);
    }
}
