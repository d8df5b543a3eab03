package dev.membership.domain.caller;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import java.util.Set;

/** Whoever a door has authenticated. Every use case takes its instance from here and from nowhere else. */
public sealed interface Caller {
    /** The instance whose data the caller may touch. */
    String instanceId();

    /** Stable name of the caller inside its instance, under which its request ids and events are kept. */
    String id();

    /**
     * A company's own program, by a secret key.
     *
     * @param operations names of the operations it may call; empty: all
     */
    record Backend(String instanceId, String id, boolean readOnly, Set<String> operations) implements Caller {}

    /**
     * An end user, by a token of an issuer registered for the instance.
     *
     * @param subject the user's id or external id; whether there is such a user, the use case finds out
     */
    record User(String instanceId, String subject) implements Caller {
        @Override
        public String id() {
            return subject;
        }
    }

    /** Whoever runs the installation; belongs to no instance. */
    record Operator() implements Caller {
        @Override
        public String instanceId() {
            throw new Refusal(ErrorCode.AUTHORIZATION_INVALID);
        }

        @Override
        public String id() {
            return "operator";
        }
    }

    /** The service itself, where it completes what a caller began. */
    record System(String instanceId) implements Caller {
        @Override
        public String id() {
            return "system";
        }
    }

    /** Backends see private metadata and may set what users may not; the service itself is one of them. */
    default boolean isBackend() {
        return this instanceof Backend || this instanceof System;
    }
}
