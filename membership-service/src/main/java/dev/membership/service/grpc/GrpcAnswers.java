package dev.membership.service.grpc;

import dev.membership.service.admission.UntakenAnswers;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeoutException;

/** Tells which answers of gRPC their clients have not taken yet. */
@ApplicationScoped
class GrpcAnswers extends ServerStreamTracer.Factory {
    private final UntakenAnswers untaken;

    GrpcAnswers(UntakenAnswers untaken) {
        this.untaken = untaken;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        // Watches of the health answer without an end, and hold next to nothing.
        return method.startsWith(Intake.OURS) ? new Answer() : new ServerStreamTracer() {};
    }

    private final class Answer extends ServerStreamTracer implements UntakenAnswers.Answer {
        private Context.CancellableContext call;
        private volatile boolean closed;

        /** The call's own context, which only the framework can cancel, comes below this one. */
        @Override
        public Context filterContext(Context context) {
            call = context.withCancellation();
            return call;
        }

        @Override
        public void outboundMessageSent(int number, long wireBytes, long uncompressedBytes) {
            untaken.given(this, wireBytes);
            if (closed) {
                untaken.taken(this); // its client has hung up meanwhile
            }
        }

        /** For a timeout, and for nothing else, the framework ends the call's stream. */
        @Override
        public void giveUp() {
            call.cancel(new TimeoutException("the client does not take its answer"));
        }

        @Override
        public void streamClosed(Status status) {
            closed = true;
            untaken.taken(this);
        }
    }
}
