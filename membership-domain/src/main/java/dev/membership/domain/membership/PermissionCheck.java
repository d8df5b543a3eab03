package dev.membership.domain.membership;

import org.jspecify.annotations.Nullable;

/**
 * The answer to "may this user do this there?", and why.
 *
 * @param role key of the member's role; null where there is no such member
 */
public record PermissionCheck(Reason reason, @Nullable String role) {
    /** Why a check was answered as it was. */
    public enum Reason {
        /** The member's role has the permission. */
        GRANTED,
        /** No such organization, no such user, or the one does not belong to the other. */
        NOT_A_MEMBER,
        /** The member's role does not have the permission. */
        ROLE_LACKS_PERMISSION,
        /** The instance has no permission of that key. */
        UNKNOWN_PERMISSION,
        /** The user is banned. */
        USER_BANNED
    }

    public boolean allowed() {
        return reason == Reason.GRANTED;
    }
}
