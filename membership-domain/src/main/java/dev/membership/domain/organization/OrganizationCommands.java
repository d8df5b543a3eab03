package dev.membership.domain.organization;

import dev.membership.domain.metadata.Metadata;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be asked of organizations. Null: not said, and so left as it is or as the settings have it. */
public interface OrganizationCommands {
    @RegisterForReflection
    record Create(
            @Nullable String id,
            @Nullable String name,
            @Nullable String slug,
            @Nullable String createdBy,
            @Nullable Integer maxAllowedMemberships,
            @Nullable Metadata publicMetadata,
            @Nullable Metadata privateMetadata,
            @Nullable Instant createdAt) {}

    @RegisterForReflection
    record Update(
            String organizationId,
            @Nullable String etag,
            @Nullable String name,
            @Nullable String slug,
            @Nullable Integer maxAllowedMemberships,
            @Nullable Boolean adminDeleteEnabled) {}

    /** Metadata to merge, or to put in the present one's place. */
    @RegisterForReflection
    record ChangeMetadata(
            String organizationId,
            @Nullable String etag,
            @Nullable Metadata publicMetadata,
            @Nullable Metadata privateMetadata) {}

    @RegisterForReflection
    record Delete(String organizationId, @Nullable String etag) {}

    /**
     * @param query exact id, or part of name or slug
     * @param organizationIds with a hyphen before it, an id is excluded
     * @param userIds members to look for; with a hyphen: not to be members
     */
    record Listing(
            @Nullable String orderBy, @Nullable String query, List<String> organizationIds, List<String> userIds) {}

    /** What is left of a deleted organization. */
    @RegisterForReflection
    record Deleted(String id, String slug) {}
}
