package dev.membership.domain.caller;

import dev.membership.domain.input.Input;
import org.jspecify.annotations.Nullable;

/**
 * One call of a mutation: who, what, and the id by which a repetition is known.
 *
 * @param requestId up to 255 characters; null, also where an empty one was given: the mutation is run however often it is sent
 */
public record Call(
        Caller caller, Operation operation, @Nullable String requestId) {
    private static final int MAX_REQUEST_ID = 255;

    public Call {
        requestId = Input.optional("request_id", requestId, MAX_REQUEST_ID);
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
