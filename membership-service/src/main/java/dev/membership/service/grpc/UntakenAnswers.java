package dev.membership.service.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.TimeoutException;

/**
 * Bounds the answers that their clients have not taken yet. How much of an answer a client takes it says itself, and it may
 * say nothing at all; the answer then stays in memory for as long as the connection lives. Where there are too many, the
 * oldest are given up: who takes its answer has it long before.
 */
@ApplicationScoped
class UntakenAnswers extends ServerStreamTracer.Factory {
    private static final int PART_OF_HEAP = 4;

    /** What a call takes beside its answer, roughly. */
    private static final long BYTES_OF_A_CALL = 16 * 1024;

    private final long most = Runtime.getRuntime().maxMemory() / PART_OF_HEAP;
    private final SequencedSet<Answer> answers = new LinkedHashSet<>();
    private long bytes;

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        // Watches of the health answer without an end, and hold next to nothing.
        return method.startsWith(Intake.OURS) ? new Answer() : new ServerStreamTracer() {};
    }

    private final class Answer extends ServerStreamTracer {
        private Context.CancellableContext call;
        private long size;
        private boolean closed;

        /** The call's own context, which only the framework can cancel, comes below this one. */
        @Override
        public Context filterContext(Context context) {
            call = context.withCancellation();
            return call;
        }

        @Override
        public void outboundMessageSent(int number, long wireBytes, long uncompressedBytes) {
            size = wireBytes + BYTES_OF_A_CALL;
            // For a timeout, and for nothing else, the framework ends the call's stream.
            given(this)
                    .forEach(oldest -> oldest.call.cancel(new TimeoutException("the client does not take its answer")));
        }

        @Override
        public void streamClosed(Status status) {
            taken(this);
        }
    }

    /** @return which are to be given up for it */
    private synchronized List<Answer> given(Answer answer) {
        if (answer.closed) {
            return List.of(); // its client has hung up meanwhile
        }
        answers.add(answer);
        bytes += answer.size;
        List<Answer> tooMany = new ArrayList<>();
        while (bytes > most && answers.size() > 1) {
            Answer oldest = answers.removeFirst();
            bytes -= oldest.size;
            tooMany.add(oldest);
        }
        return tooMany;
    }

    private synchronized void taken(Answer answer) {
        answer.closed = true;
        if (answers.remove(answer)) {
            bytes -= answer.size;
        }
    }
}
