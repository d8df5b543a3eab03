package dev.membership.domain.user;

import dev.membership.domain.database.ScopedId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A user, as one is written; the database derives sort keys and search text from it. */
@Entity
@Table(name = "app_user")
@IdClass(ScopedId.class)
class User {
    @Id
    @Column(name = "instance_id")
    String instanceId;

    @Id
    String id;

    @Nullable @Column(name = "external_id")
    String externalId;

    @Nullable String username;

    @Nullable @Column(name = "first_name")
    String firstName;

    @Nullable @Column(name = "last_name")
    String lastName;

    @Nullable @Column(name = "email_address")
    String emailAddress;

    @Nullable @Column(name = "phone_number")
    String phoneNumber;

    @Nullable @Column(name = "image_url")
    String imageUrl;

    boolean banned;

    @Column(name = "create_organization_enabled")
    boolean createOrganizationEnabled;

    @Nullable @Column(name = "create_organizations_limit")
    Integer createOrganizationsLimit;

    @Nullable @Column(name = "last_active_at")
    Instant lastActiveAt;

    @Column(name = "created_at", updatable = false)
    Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Version
    long version;

    protected User() {}

    User(String instanceId, UserView view) {
        this.instanceId = instanceId;
        id = view.id();
        createdAt = view.createdAt();
        set(view);
    }

    /** Takes over all that can change; the version counts itself. */
    final void set(UserView view) {
        externalId = view.externalId();
        username = view.username();
        firstName = view.firstName();
        lastName = view.lastName();
        emailAddress = view.emailAddress();
        phoneNumber = view.phoneNumber();
        imageUrl = view.imageUrl();
        banned = view.banned();
        createOrganizationEnabled = view.createOrganizationEnabled();
        createOrganizationsLimit = view.createOrganizationsLimit();
        lastActiveAt = view.lastActiveAt();
        updatedAt = view.updatedAt();
    }

    UserView view() {
        return new UserView(
                id,
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
                lastActiveAt,
                createdAt,
                updatedAt,
                version);
    }
}
