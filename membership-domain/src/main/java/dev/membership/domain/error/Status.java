package dev.membership.domain.error;

/**
 * What kind of refusal an {@link ErrorCode} is, by the names of the canonical gRPC codes. Whether a call may be repeated
 * unchanged follows from it: only {@link #UNAVAILABLE} and {@link #RESOURCE_EXHAUSTED} pass by themselves.
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
    INTERNAL
}
