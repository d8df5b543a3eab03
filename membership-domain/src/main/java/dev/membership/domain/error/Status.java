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

    /** Whether the caller is told when to come again: what hinders the call passes by itself, and nothing of it was done. */
    public boolean passes() {
        return this == UNAVAILABLE || this == RESOURCE_EXHAUSTED;
    }
}
