package dev.membership.domain.user;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be asked of users. */
public interface UserCommands {
    /** A user's fields: null leaves one as it is, or empty on creation; a blank text removes the value. */
    @RegisterForReflection
    record Fields(
            @Nullable String externalId,
            @Nullable String username,
            @Nullable String firstName,
            @Nullable String lastName,
            @Nullable String emailAddress,
            @Nullable String phoneNumber,
            @Nullable String imageUrl,
            @Nullable Boolean banned,
            @Nullable Boolean createOrganizationEnabled,
            @Nullable Integer createOrganizationsLimit,
            @Nullable Instant lastActiveAt) {}

    @RegisterForReflection
    record Create(
            @Nullable String id, Fields fields, @Nullable Instant createdAt) {}

    @RegisterForReflection
    record Update(String userId, Fields fields, @Nullable String etag) {}

    @RegisterForReflection
    record Delete(String userId, @Nullable String etag) {}

    /** @param fields its external id says which user is meant */
    @RegisterForReflection
    record Upsert(Fields fields) {}

    /**
     * @param id says which user is meant; null: the external id does, and without either the user is new
     * @param createdAt for a user that is new
     */
    record ImportRow(
            @Nullable String id, Fields fields, @Nullable Instant createdAt) {}

    record Listing(@Nullable String orderBy, Filter filter) {}

    /**
     * Conditions that must all hold; empty lists and nulls ask nothing.
     *
     * @param userIds with a hyphen before it, an id is excluded
     * @param organizationIds of which a user must be a member of one; with a hyphen: of none
     */
    @RegisterForReflection
    record Filter(
            List<String> userIds,
            List<String> externalIds,
            List<String> emailAddresses,
            List<String> phoneNumbers,
            List<String> usernames,
            List<String> organizationIds,
            @Nullable String query,
            @Nullable String emailAddressQuery,
            @Nullable String phoneNumberQuery,
            @Nullable String usernameQuery,
            @Nullable String nameQuery,
            @Nullable Boolean banned,
            @Nullable Instant lastActiveAtBefore,
            @Nullable Instant lastActiveAtAfter,
            @Nullable Instant createdAtBefore,
            @Nullable Instant createdAtAfter)
            implements UserFilter {
        public static final Filter NONE = new Filter(
                List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), null, null, null, null, null, null,
                null, null, null, null);
    }

    /** What is left of a deleted user. */
    @RegisterForReflection
    record Deleted(String id, @Nullable String externalId) {}

    /** @param created whether the user was not there before */
    @RegisterForReflection
    record Upserted(UserView user, boolean created) {}
}
