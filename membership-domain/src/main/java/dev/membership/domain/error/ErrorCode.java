package dev.membership.domain.error;

import static dev.membership.domain.error.Status.ABORTED;
import static dev.membership.domain.error.Status.ALREADY_EXISTS;
import static dev.membership.domain.error.Status.FAILED_PRECONDITION;
import static dev.membership.domain.error.Status.INVALID_ARGUMENT;
import static dev.membership.domain.error.Status.NOT_FOUND;
import static dev.membership.domain.error.Status.PERMISSION_DENIED;
import static dev.membership.domain.error.Status.UNAUTHENTICATED;

import java.util.Locale;

/**
 * The catalogue of everything a caller can be refused for, the same on every door. Codes and HTTP statuses are those of
 * Clerk's published catalogue where it has one for the case; the {@link Status} is ours.
 */
public enum ErrorCode {
    // Who calls
    AUTHENTICATION_INVALID(401, UNAUTHENTICATED, "The call carries no valid credential."),
    AUTHORIZATION_HEADER_FORMAT_INVALID(
            401, UNAUTHENTICATED, "The authorization header must read 'Bearer <credential>'."),
    CLERK_KEY_INVALID(401, UNAUTHENTICATED, "The secret key is not known or was revoked."),
    AUTHORIZATION_INVALID(403, PERMISSION_DENIED, "This credential may not call this operation."),
    USER_BANNED(403, PERMISSION_DENIED, "The user is banned."),
    MISSING_ORGANIZATION_PERMISSION(
            403, PERMISSION_DENIED, "The user's role in the organization lacks a permission.", "permissions"),

    // Organizations
    ORGANIZATION_NOT_FOUND_OR_UNAUTHORIZED(
            404, NOT_FOUND, "There is no such organization, or the caller is not a member of it."),
    ORGANIZATION_NOT_ENABLED_IN_INSTANCE(403, FAILED_PRECONDITION, "Organizations are switched off in this instance."),
    ORGANIZATION_SLUGS_DISABLED(403, FAILED_PRECONDITION, "Slugs are switched off in this instance.", "param_name"),
    ORGANIZATION_CREATOR_NOT_FOUND(400, FAILED_PRECONDITION, "There is no such user to create for.", "param_name"),
    ORG_CREATION_LIMIT_EXCEEDED(
            403, FAILED_PRECONDITION, "The user has created as many organizations as it may.", "limit"),
    USER_CREATE_ORGANIZATION_NOT_ENABLED(403, FAILED_PRECONDITION, "The user may not create organizations."),
    ORGANIZATION_ADMIN_DELETE_NOT_ENABLED(403, FAILED_PRECONDITION, "Members may not delete this organization."),
    ORGANIZATIONS_DISABLE_NOT_ALLOWED(
            400, FAILED_PRECONDITION, "Organizations cannot be switched off while there are any."),

    // Memberships
    ALREADY_A_MEMBER_IN_ORGANIZATION(400, ALREADY_EXISTS, "The user is a member of the organization already."),
    ORGANIZATION_MEMBERSHIP_QUOTA_EXCEEDED(
            403,
            FAILED_PRECONDITION,
            "Members and pending invitations have reached the organization's limit.",
            "max_allowed_memberships"),
    ORGANIZATION_MINIMUM_PERMISSIONS_NEEDED(
            400, FAILED_PRECONDITION, "A member must keep the permissions that an organization needs.", "permissions"),

    // Roles and permissions
    ORGANIZATION_INSTANCE_ROLES_QUOTA_EXCEEDED(
            403, FAILED_PRECONDITION, "The instance has as many custom roles as it may.", "limit"),
    ORGANIZATION_ROLE_DEFAULT_CREATOR_ROLE(422, FAILED_PRECONDITION, "The role is the one that creators get."),
    ORGANIZATION_ROLE_DOMAIN_DEFAULT_ROLE(
            422, FAILED_PRECONDITION, "The role is the one that members get who join by their domain."),
    ORGANIZATION_ROLE_ASSIGNED_MEMBERS(422, FAILED_PRECONDITION, "Members have the role."),
    ORGANIZATION_MISSING_CREATOR_ROLE_PERMISSIONS(
            422, FAILED_PRECONDITION, "The creators' role must keep the minimum permissions.", "permissions"),
    ORGANIZATION_ROLE_PERMISSION_ASSOCIATION_EXISTS(409, ALREADY_EXISTS, "The role has the permission already."),
    ORGANIZATION_ROLE_PERMISSION_ASSOCIATION_NOT_FOUND(404, NOT_FOUND, "The role does not have the permission."),
    ORGANIZATION_SYSTEM_PERMISSION_NOT_MODIFIABLE(
            403, FAILED_PRECONDITION, "System permissions cannot be changed or deleted."),

    // Any resource
    RESOURCE_NOT_FOUND(404, NOT_FOUND, "There is no such resource.", "resource", "param_name"),
    CONFLICT(409, ABORTED, "The resource was changed since it was read: read it again and decide anew."),

    // Input
    FORM_PARAM_MISSING(422, INVALID_ARGUMENT, "A required field is missing.", "param_name"),
    FORM_PARAM_UNKNOWN(422, INVALID_ARGUMENT, "There is no such field.", "param_name"),
    FORM_PARAM_TYPE_INVALID(422, INVALID_ARGUMENT, "The field has the wrong type.", "param_name"),
    FORM_PARAM_VALUE_INVALID(422, INVALID_ARGUMENT, "The field has a value that is not allowed.", "param_name"),
    FORM_PARAM_FORMAT_INVALID(422, INVALID_ARGUMENT, "The field has the wrong form.", "param_name"),
    FORM_PARAM_MAX_LENGTH_EXCEEDED(422, INVALID_ARGUMENT, "The field is too long.", "param_name", "limit"),
    FORM_PARAM_EXCEEDS_ALLOWED_SIZE(422, INVALID_ARGUMENT, "The metadata is larger than 8 KB.", "param_name", "limit"),
    FORM_PARAM_ARRAY_SIZE_EXCEEDED(422, INVALID_ARGUMENT, "The list has too many elements.", "param_name", "limit"),
    FORM_PARAM_DUPLICATE(422, INVALID_ARGUMENT, "The list names the same thing twice.", "param_name"),
    FORM_DISALLOW_FUTURE_DATE(422, INVALID_ARGUMENT, "The time must not lie in the future.", "param_name"),
    FORM_CONDITIONAL_PARAM_DISALLOWED(422, INVALID_ARGUMENT, "Two fields exclude each other.", "param_name"),
    FORM_IDENTIFIER_EXISTS(422, ALREADY_EXISTS, "The value is taken.", "param_name"),
    BULK_SIZE_EXCEEDED(400, INVALID_ARGUMENT, "Too many items in one call.", "param_name", "limit"),
    REQUEST_BODY_INVALID(400, INVALID_ARGUMENT, "The request cannot be read."),
    REQUEST_BODY_TOO_LARGE(413, INVALID_ARGUMENT, "The request is too large."),
    REQUEST_TIMEOUT(408, Status.DEADLINE_EXCEEDED, "The request took too long to come."),

    // Our side
    DEADLINE_EXCEEDED(504, Status.DEADLINE_EXCEEDED, "The call's time was over before it could be answered."),
    TOO_MANY_REQUESTS(503, Status.RESOURCE_EXHAUSTED, "The service has more work than it can take: try again later."),
    SERVICE_UNAVAILABLE(503, Status.UNAVAILABLE, "The service cannot answer now: try again."),
    INTERNAL_ERROR(500, Status.INTERNAL, "Something went wrong on our side.", "trace_id");

    private final int httpStatus;
    private final Status status;
    private final String text;
    private final String[] metaKeys;

    ErrorCode(int httpStatus, Status status, String text, String... metaKeys) {
        this.httpStatus = httpStatus;
        this.status = status;
        this.text = text;
        this.metaKeys = metaKeys;
    }

    /** The code as it stands in GraphQL's {@code extensions.code}; gRPC's reason is the same in upper case. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The response's status where GraphQL is not reached; what a use case refuses is answered with 200. */
    public int httpStatus() {
        return httpStatus;
    }

    /** The gRPC status. */
    public Status status() {
        return status;
    }

    /** One sentence that is always true of the code; what is particular to a case stands in its meta. */
    public String text() {
        return text;
    }

    /** Keys that a refusal of this code may carry in its meta. */
    public String[] metaKeys() {
        return metaKeys.clone();
    }
}
