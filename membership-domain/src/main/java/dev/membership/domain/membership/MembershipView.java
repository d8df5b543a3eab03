package dev.membership.domain.membership;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.database.Etag;
import dev.membership.domain.database.Row;
import dev.membership.domain.metadata.Metadata;
import dev.membership.domain.organization.OrganizationCounters;
import dev.membership.domain.organization.OrganizationView;
import dev.membership.domain.user.PublicUserData;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A membership as it is read, with the role, the user and the organization it joins.
 *
 * @param privateMetadata null for callers who may not see it
 */
@RegisterForReflection
public record MembershipView(
        String id,
        MemberRole role,
        Metadata publicMetadata,
        @Nullable Metadata privateMetadata,
        Instant createdAt,
        Instant updatedAt,
        long version,
        PublicUserData user,
        OrganizationView organization) {

    /** What a statement selects for {@link #read}, with m, r, u, o and c for the tables joined. */
    static final String COLUMNS = "m.id, m.public_metadata, m.private_metadata, m.created_at, m.updated_at, m.version, "
            + MemberRole.COLUMNS + ", " + PublicUserData.COLUMNS + ", " + OrganizationView.COLUMNS;

    private static final String REMAINING = """
                     FROM membership m
                    JOIN role r ON r.instance_id = m.instance_id AND r.id = m.role_id
                    JOIN app_user u ON u.instance_id = m.instance_id AND u.id = m.user_id
                    JOIN organization o ON o.instance_id = m.instance_id AND o.id = m.organization_id
                    """ + OrganizationView.JOIN_COUNTER;

    /** Memberships {@code m} and what {@link #COLUMNS} names, those of deleted organizations left out. */
    static final String FROM = REMAINING + " AND o.deleted_at IS NULL ";

    /** Like {@link #SELECT}, with those that deleted organizations still have: for whoever removes them. */
    static final String SELECT_REMAINING = "SELECT " + COLUMNS + REMAINING;

    /** A statement for memberships {@code m} that satisfy a condition yet to be added. */
    static final String SELECT = "SELECT " + COLUMNS + FROM;

    static MembershipView read(Row row) throws SQLException {
        return read(row.text(), row);
    }

    /** Like the other, for a statement whose rows may hold no membership; the caller has read the id. */
    static MembershipView read(String id, Row row) throws SQLException {
        Metadata publicMetadata = new Metadata(row.text());
        Metadata privateMetadata = new Metadata(row.text());
        Instant createdAt = row.instant();
        Instant updatedAt = row.instant();
        long version = row.number();
        return new MembershipView(
                id,
                MemberRole.read(row),
                publicMetadata,
                privateMetadata,
                createdAt,
                updatedAt,
                version,
                PublicUserData.read(row),
                OrganizationView.read(row));
    }

    public String etag() {
        return Etag.of(version, updatedAt);
    }

    MembershipView withRole(MemberRole newRole, Instant at) {
        return new MembershipView(
                id, newRole, publicMetadata, privateMetadata, createdAt, at, version + 1, user, organization);
    }

    MembershipView withMetadata(Metadata newPublic, Metadata newPrivate, Instant at) {
        return new MembershipView(id, role, newPublic, newPrivate, createdAt, at, version + 1, user, organization);
    }

    MembershipView withCounts(OrganizationCounters.Counts counts) {
        return new MembershipView(
                id,
                role,
                publicMetadata,
                privateMetadata,
                createdAt,
                updatedAt,
                version,
                user,
                organization.withCounts(counts));
    }

    /** As {@code caller} may see it. */
    MembershipView visibleTo(Caller caller) {
        return caller.isBackend()
                ? this
                : new MembershipView(
                        id,
                        role,
                        publicMetadata,
                        null,
                        createdAt,
                        updatedAt,
                        version,
                        user,
                        organization.visibleTo(caller));
    }
}
