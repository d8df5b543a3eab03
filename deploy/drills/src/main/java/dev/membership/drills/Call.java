package dev.membership.drills;

/**
 * One call, about one user and the organization that this user's number falls to.
 *
 * @param requestId what makes a repetition of a write harmless; empty for a read
 */
record Call(Kind kind, int user, String requestId) {
    /** As many as the drills seed; so are the ids' numbers. */
    static final int ORGANIZATIONS = 50;

    /** Members from the start on, whom nobody removes. */
    static final int SEEDED = 5_000;

    static final String ROLE = "org:member";
    static final String OTHER_ROLE = "org:billing";
    static final String PERMISSION = "org:sys_memberships:read";
    static final int PAGE = 10;

    /** The operations that drills use. */
    enum Kind {
        GET,
        CHECK,
        LIST,
        CREATE,
        UPDATE,
        DELETE,
        HEALTH
    }

    static Call read(Kind kind, int user) {
        return new Call(kind, user, "");
    }

    static Call write(Kind kind, int user) {
        return new Call(kind, user, kind.name().toLowerCase(java.util.Locale.ROOT) + "-" + user);
    }

    String userId() {
        return Long.toString(1_000_000_000_000_000_000L + user);
    }

    String organizationId() {
        return Long.toString(2_000_000_000_000_000_000L + user % ORGANIZATIONS);
    }
}
