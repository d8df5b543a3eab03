package dev.membership.service.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A call that several may close, at the same time, too: the first one does. One that gRPC has ended itself nobody closes: of
 * a message too large it has answered already, and a second answer while the client still sends ends the whole connection.
 */
class ClosedOnce<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final AtomicBoolean closed = new AtomicBoolean();

    ClosedOnce(ServerCall<Q, A> call) {
        super(call);
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (!closed.getAndSet(true) && !isCancelled()) {
            super.close(status, trailers);
        }
    }
}
