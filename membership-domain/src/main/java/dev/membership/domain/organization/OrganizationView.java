package dev.membership.domain.organization;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.database.Etag;
import dev.membership.domain.database.Row;
import dev.membership.domain.metadata.Metadata;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An organization as it is read: what describes it, and its counts.
 *
 * @param privateMetadata null for callers who may not see it
 * @param createdBy null likewise, and where nobody in particular created it
 * @param maxAllowedMemberships limit of members and pending invitations together; 0: no limit
 * @param elevatedMembersCount members whose role holds the minimum permissions
 */
@RegisterForReflection
public record OrganizationView(
        String id,
        String name,
        String slug,
        @Nullable String imageUrl,
        boolean adminDeleteEnabled,
        Metadata publicMetadata,
        @Nullable Metadata privateMetadata,
        @Nullable String createdBy,
        Instant createdAt,
        Instant updatedAt,
        long version,
        int membersCount,
        int pendingInvitationsCount,
        int maxAllowedMemberships,
        int elevatedMembersCount) {

    /** What a statement selects for {@link #read}, with {@code o} for organization and {@code c} for its counters. */
    public static final String COLUMNS = """
            o.id, o.name, o.slug, o.image_url, o.admin_delete_enabled, o.public_metadata, o.private_metadata, \
            o.created_by, o.created_at, o.updated_at, o.version, \
            c.members_count, c.pending_invitations_count, c.max_allowed_memberships, c.elevated_members_count""";

    private static final int WIDTH = COLUMNS.split(",").length;

    /** How a statement that has {@code o} comes to {@code c}. */
    public static final String JOIN_COUNTER =
            " JOIN organization_counter c ON c.instance_id = o.instance_id AND c.organization_id = o.id ";

    /** Reads all of it; {@link #visibleTo} takes away what a caller may not see. */
    public static OrganizationView read(Row row) throws SQLException {
        return row.repeated(OrganizationView.class, WIDTH, OrganizationView::readOnce);
    }

    private static OrganizationView readOnce(Row row) throws SQLException {
        return new OrganizationView(
                row.text(),
                row.text(),
                row.text(),
                row.textOrNull(),
                row.flag(),
                new Metadata(row.text()),
                new Metadata(row.text()),
                row.textOrNull(),
                row.instant(),
                row.instant(),
                row.number(),
                row.integer(),
                row.integer(),
                row.integer(),
                row.integer());
    }

    public String etag() {
        return Etag.of(version, updatedAt);
    }

    public boolean hasImage() {
        return imageUrl != null;
    }

    /** Whether the organization lacks a member who holds the minimum permissions. */
    public boolean missingMemberWithElevatedPermissions() {
        return elevatedMembersCount == 0;
    }

    /** With what is given; null: as it is. */
    OrganizationView with(
            @Nullable String newName,
            @Nullable String newSlug,
            @Nullable Boolean deletionEnabled,
            @Nullable Integer limit) {
        return with(
                newName == null ? name : newName,
                newSlug == null ? slug : newSlug,
                deletionEnabled == null ? adminDeleteEnabled : deletionEnabled,
                publicMetadata,
                privateMetadata,
                updatedAt,
                version,
                limit == null ? maxAllowedMemberships : limit);
    }

    OrganizationView withMetadata(Metadata newPublic, Metadata newPrivate) {
        return with(name, slug, adminDeleteEnabled, newPublic, newPrivate, updatedAt, version, maxAllowedMemberships);
    }

    /** As the next version. */
    OrganizationView written(Instant at) {
        return with(
                name,
                slug,
                adminDeleteEnabled,
                publicMetadata,
                privateMetadata,
                at,
                version + 1,
                maxAllowedMemberships);
    }

    private OrganizationView with(
            String newName,
            String newSlug,
            boolean deletionEnabled,
            Metadata newPublic,
            @Nullable Metadata newPrivate,
            Instant at,
            long newVersion,
            int limit) {
        return new OrganizationView(
                id,
                newName,
                newSlug,
                imageUrl,
                deletionEnabled,
                newPublic,
                newPrivate,
                createdBy,
                createdAt,
                at,
                newVersion,
                membersCount,
                pendingInvitationsCount,
                limit,
                elevatedMembersCount);
    }

    public OrganizationView withCounts(OrganizationCounters.Counts counts) {
        return new OrganizationView(
                id,
                name,
                slug,
                imageUrl,
                adminDeleteEnabled,
                publicMetadata,
                privateMetadata,
                createdBy,
                createdAt,
                updatedAt,
                version,
                counts.members(),
                counts.pendingInvitations(),
                counts.maxAllowedMemberships(),
                counts.elevatedMembers());
    }

    /** As {@code caller} may see it. */
    public OrganizationView visibleTo(Caller caller) {
        return caller.isBackend()
                ? this
                : new OrganizationView(
                        id,
                        name,
                        slug,
                        imageUrl,
                        adminDeleteEnabled,
                        publicMetadata,
                        null,
                        null,
                        createdAt,
                        updatedAt,
                        version,
                        membersCount,
                        pendingInvitationsCount,
                        maxAllowedMemberships,
                        elevatedMembersCount);
    }
}
