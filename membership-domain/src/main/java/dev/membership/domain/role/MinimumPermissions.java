package dev.membership.domain.role;

import dev.membership.domain.caller.Access;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import java.util.List;
import java.util.Map;

/** The permissions that one member of an organization must hold together, and that a creators' role must have. */
public final class MinimumPermissions {
    private static final List<String> KEYS = List.of(Access.MANAGE_MEMBERS, Access.READ_MEMBERS, Access.DELETE_PROFILE);

    private MinimumPermissions() {}

    public static Refusal needed() {
        return new Refusal(ErrorCode.ORGANIZATION_MINIMUM_PERMISSIONS_NEEDED, Map.of("permissions", KEYS));
    }

    /** A creators' role that lacks some of them, or is about to lose one. */
    public static Refusal missingInCreatorRole() {
        return new Refusal(ErrorCode.ORGANIZATION_MISSING_CREATOR_ROLE_PERMISSIONS, Map.of("permissions", KEYS));
    }
}
