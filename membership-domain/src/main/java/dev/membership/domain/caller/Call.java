package dev.membership.domain.caller;

import org.jspecify.annotations.Nullable;

/**
 * One call of a mutation: who, what, and the id by which a repetition is known.
 *
 * @param requestId null, also where an empty one was given: the mutation is run however often it is sent
 */
public record Call(
        Caller caller, Operation operation, @Nullable String requestId) {
    public Call {
        requestId = requestId == null || requestId.isEmpty() ? null : requestId;
    }

    public String instanceId() {
        return caller.instanceId();
    }

    /** Kind of caller, as events and kept answers name it. */
    public String actorType() {
        return switch (caller) {
            case Caller.Backend backend -> "secret_key";
            case Caller.User user -> "user";
            case Caller.Operator operator -> "operator";
            case Caller.System system -> "system";
        };
    }
}
