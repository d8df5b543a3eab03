package dev.membership.domain.caller;

import static dev.membership.domain.caller.Operation.Audience.BACKEND;
import static dev.membership.domain.caller.Operation.Audience.OPERATOR;
import static dev.membership.domain.caller.Operation.Audience.USER;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;

/** Every operation of the service by its one name, and who may call it at all. What else a user needs, the use case asks. */
public enum Operation {
    CREATE_ORGANIZATION("CreateOrganization", true, USER),
    GET_ORGANIZATION("GetOrganization", false, USER),
    LIST_ORGANIZATIONS("ListOrganizations", false, BACKEND),
    UPDATE_ORGANIZATION("UpdateOrganization", true, USER),
    UPDATE_ORGANIZATION_METADATA("UpdateOrganizationMetadata", true, BACKEND),
    REPLACE_ORGANIZATION_METADATA("ReplaceOrganizationMetadata", true, BACKEND),
    DELETE_ORGANIZATION("DeleteOrganization", true, USER),

    CREATE_MEMBERSHIP("CreateMembership", true, USER),
    GET_MEMBERSHIP("GetMembership", false, USER),
    BATCH_GET_MEMBERSHIPS("BatchGetMemberships", false, BACKEND),
    LIST_MEMBERSHIPS("ListMemberships", false, USER),
    UPDATE_MEMBERSHIP("UpdateMembership", true, USER),
    UPDATE_MEMBERSHIP_METADATA("UpdateMembershipMetadata", true, BACKEND),
    DELETE_MEMBERSHIP("DeleteMembership", true, USER),
    CHECK_PERMISSION("CheckPermission", false, USER),
    BATCH_CHECK_PERMISSIONS("BatchCheckPermissions", false, USER),

    LIST_ROLES("ListRoles", false, USER),
    GET_ROLE("GetRole", false, USER),
    CREATE_ROLE("CreateRole", true, BACKEND),
    UPDATE_ROLE("UpdateRole", true, BACKEND),
    DELETE_ROLE("DeleteRole", true, BACKEND),
    ASSIGN_PERMISSION("AssignPermission", true, BACKEND),
    REMOVE_PERMISSION("RemovePermission", true, BACKEND),
    LIST_PERMISSIONS("ListPermissions", false, USER),
    GET_PERMISSION("GetPermission", false, USER),
    CREATE_PERMISSION("CreatePermission", true, BACKEND),
    UPDATE_PERMISSION("UpdatePermission", true, BACKEND),
    DELETE_PERMISSION("DeletePermission", true, BACKEND),

    CREATE_USER("CreateUser", true, BACKEND),
    GET_USER("GetUser", false, USER),
    BATCH_GET_USERS("BatchGetUsers", false, BACKEND),
    LIST_USERS("ListUsers", false, BACKEND),
    UPDATE_USER("UpdateUser", true, BACKEND),
    DELETE_USER("DeleteUser", true, BACKEND),
    UPSERT_USER("UpsertUser", true, BACKEND),
    IMPORT_USERS("ImportUsers", true, BACKEND),

    GET_ORGANIZATION_SETTINGS("GetOrganizationSettings", false, BACKEND),
    UPDATE_ORGANIZATION_SETTINGS("UpdateOrganizationSettings", true, BACKEND),

    CREATE_INSTANCE("CreateInstance", true, OPERATOR),
    LIST_INSTANCES("ListInstances", false, OPERATOR),
    CREATE_SECRET_KEY("CreateSecretKey", true, OPERATOR),
    LIST_SECRET_KEYS("ListSecretKeys", false, OPERATOR),
    REVOKE_SECRET_KEY("RevokeSecretKey", true, OPERATOR),
    CREATE_TOKEN_ISSUER("CreateTokenIssuer", true, OPERATOR),
    LIST_TOKEN_ISSUERS("ListTokenIssuers", false, OPERATOR),
    UPDATE_TOKEN_ISSUER("UpdateTokenIssuer", true, OPERATOR),
    DELETE_TOKEN_ISSUER("DeleteTokenIssuer", true, OPERATOR);

    /** The least entitled kind of caller that may call an operation. Operators call theirs and no others. */
    public enum Audience {
        USER,
        BACKEND,
        OPERATOR
    }

    private final String publicName;
    private final boolean writes;
    private final Audience audience;

    Operation(String publicName, boolean writes, Audience audience) {
        this.publicName = publicName;
        this.writes = writes;
        this.audience = audience;
    }

    /** The gRPC method's name; GraphQL's begins with a small letter. */
    public String publicName() {
        return publicName;
    }

    public Audience audience() {
        return audience;
    }

    /** @throws Refusal {@code authorization_invalid}, whatever the call's arguments are */
    public void requireAllowed(Caller caller) {
        boolean allowed = switch (caller) {
            case Caller.User user -> audience == USER;
            case Caller.Backend backend ->
                audience != OPERATOR
                        && !(writes && backend.readOnly())
                        && (backend.operations().isEmpty()
                                || backend.operations().contains(publicName));
            case Caller.Operator operator -> audience == OPERATOR;
            case Caller.System system -> audience != OPERATOR;
        };
        if (!allowed) {
            throw new Refusal(ErrorCode.AUTHORIZATION_INVALID);
        }
    }
}
