package dev.membership.service.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;

/** A call that several may close, at the same time, too: the first one does. */
class ClosedOnce<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final AtomicBoolean closed = new AtomicBoolean();

    ClosedOnce(ServerCall<Q, A> call) {
        super(call);
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (!closed.getAndSet(true)) {
            super.close(status, trailers);
        }
    }
}
