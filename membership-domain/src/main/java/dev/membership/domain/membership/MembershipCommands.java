package dev.membership.domain.membership;

import dev.membership.domain.metadata.Metadata;
import dev.membership.domain.user.UserFilter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be asked of memberships. A role is named by its key. */
public interface MembershipCommands {
    @RegisterForReflection
    record Create(
            String organizationId,
            String userId,
            String role,
            @Nullable Metadata publicMetadata,
            @Nullable Metadata privateMetadata,
            @Nullable String id,
            @Nullable Instant createdAt) {}

    @RegisterForReflection
    record UpdateRole(
            String organizationId,
            String userId,
            String role,
            @Nullable String etag) {}

    @RegisterForReflection
    record MergeMetadata(
            String organizationId,
            String userId,
            @Nullable Metadata publicMetadata,
            @Nullable Metadata privateMetadata,
            @Nullable String etag) {}

    /** @param allowMissing whether it is well if there is no such member */
    @RegisterForReflection
    record Delete(
            String organizationId,
            String userId,
            boolean allowMissing,
            @Nullable String etag) {}

    /** Names a membership by what is unique about it. */
    record Key(String organizationId, String userId) {}

    /** May this user do this there? */
    record Check(String organizationId, String userId, String permission) {}

    /** Whose memberships a list shows. */
    enum Parent {
        ORGANIZATION,
        USER,
        INSTANCE
    }

    /** @param parentId of the organization or the user; null for the instance */
    record Listing(
            Parent parent,
            @Nullable String parentId,
            @Nullable String orderBy,
            Filter filter) {}

    /** Conditions that must all hold; empty lists and nulls ask nothing. */
    @RegisterForReflection
    record Filter(
            List<String> roles,
            List<String> userIds,
            List<String> emailAddresses,
            List<String> phoneNumbers,
            List<String> usernames,
            @Nullable String query,
            @Nullable String emailAddressQuery,
            @Nullable String phoneNumberQuery,
            @Nullable String usernameQuery,
            @Nullable String nameQuery,
            @Nullable Instant lastActiveAtBefore,
            @Nullable Instant lastActiveAtAfter,
            @Nullable Instant createdAtBefore,
            @Nullable Instant createdAtAfter)
            implements UserFilter {
        public static final Filter NONE = new Filter(
                List.of(), List.of(), List.of(), List.of(), List.of(), null, null, null, null, null, null, null, null,
                null);
    }
}
