package dev.membership.domain.error;

/**
 * What kind of refusal an {@link ErrorCode} is, by the names of the canonical gRPC codes. Whether a call may be repeated
 * unchanged follows from it, see {@link #passes}.
 */
public enum Status {
    INVALID_ARGUMENT,
    UNAUTHENTICATED,
    PERMISSION_DENIED,
    NOT_FOUND,
    ALREADY_EXISTS,
    FAILED_PRECONDITION,
    ABORTED,
    RESOURCE_EXHAUSTED,
    DEADLINE_EXCEEDED,
    UNAVAILABLE,
    INTERNAL;

    /** Whether the same call may succeed a while later though nobody changes anything. */
    public boolean passes() {
        return this == UNAVAILABLE || this == RESOURCE_EXHAUSTED;
    }
}
