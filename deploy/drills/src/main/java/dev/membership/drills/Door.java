package dev.membership.drills;

import java.util.concurrent.CompletableFuture;

/** A way to the service. */
interface Door {
    /**
     * What came of a call.
     *
     * @param status {@link #OK}, or the door's word for what went wrong
     * @param detail what else the answer said; empty when it is well
     * @param retryAfter whether a refusal says when to come again
     */
    record Outcome(String status, String detail, boolean retryAfter) {
        static final String OK = "OK";

        static Outcome well() {
            return new Outcome(OK, "", false);
        }

        boolean isOk() {
            return status.equals(OK);
        }
    }

    /** Sends a call; whatever goes wrong is an outcome too. Nothing is sent twice but by what gRPC does by itself. */
    CompletableFuture<Outcome> send(Call call);
}
