package dev.membership.service.grpc;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.service.admission.RequestRoom;
import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.spi.Prioritized;
import org.jspecify.annotations.Nullable;

/**
 * Counts what comes of a call's requests, and refuses the call when there is no room for more of it. gRPC does not say
 * beforehand how large a message will be, and keeps what has come of one until all has come, which may be never: a
 * connection can carry a thousand such calls.
 *
 * <p>Health and reflection answer strangers, who get no room: what they ask is short.
 */
@ApplicationScoped
@GlobalInterceptor
public class ArrivingRequests implements ServerInterceptor, Prioritized {
    /** Around all others: what they have not been told of, they would wait for. */
    static final int OUTERMOST = 10_000;

    private static final Context.Key<Arrival> KEY = Context.key("arrival");

    /** Up to this size a request needs no room, so that large ones do not keep small ones out. */
    private static final int SMALL_BYTES = 1024;

    private final RequestRoom room;
    private final GrpcErrors errors;

    ArrivingRequests(RequestRoom room, GrpcErrors errors) {
        this.room = room;
        this.errors = errors;
    }

    @Override
    public int getPriority() {
        return OUTERMOST;
    }

    /** To be told by the server what comes in. */
    ServerStreamTracer.Factory counting() {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                return new Arrival(method.startsWith(Intake.OURS));
            }
        };
    }

    /** Says that what has come of the present call's requests has been worked on. */
    static void workedOn(Context call) {
        Arrival arrival = KEY.get(call);
        if (arrival != null) {
            arrival.leave();
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Arrival arrival = KEY.get();
        if (arrival == null) {
            return next.startCall(call, headers);
        }
        // What is refused here may be closed by the stub at the same time.
        ClosedOnce<Q, A> once = new ClosedOnce<>(call);
        arrival.ifCrowded(() -> {
            StatusRuntimeException refusal = errors.refused(
                    call.getMethodDescriptor().getBareMethodName(), new Refusal(ErrorCode.TOO_MANY_REQUESTS));
            once.close(refusal.getStatus(), refusal.getTrailers());
        });
        return new UntilCrowded<>(next.startCall(once, headers), arrival);
    }

    /** Keeps from the stub what belongs to a call that was refused; to the stub it has been cancelled. */
    private static final class UntilCrowded<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Arrival arrival;

        UntilCrowded(ServerCall.Listener<Q> answering, Arrival arrival) {
            super(answering);
            this.arrival = arrival;
        }

        @Override
        public void onMessage(Q request) {
            if (!arrival.crowded) {
                super.onMessage(request);
            }
        }

        @Override
        public void onHalfClose() {
            if (!arrival.crowded) {
                super.onHalfClose();
            }
        }

        @Override
        public void onComplete() {
            if (arrival.crowded) {
                super.onCancel();
            } else {
                super.onComplete();
            }
        }
    }

    /** What has come of one call's requests and is still kept. */
    private final class Arrival extends ServerStreamTracer {
        private final boolean getsRoom;
        private @Nullable Runnable refuse;
        private long onTheWire;
        private long unpacked;
        private int taken;
        private boolean ended;
        private volatile boolean crowded;

        Arrival(boolean getsRoom) {
            this.getsRoom = getsRoom;
        }

        @Override
        public Context filterContext(Context call) {
            return call.withValue(KEY, this);
        }

        /** Comes before anything is read of the call. */
        synchronized void ifCrowded(Runnable refusal) {
            refuse = refusal;
        }

        @Override
        public void inboundWireSize(long bytes) {
            came(bytes, 0);
        }

        @Override
        public void inboundUncompressedSize(long bytes) {
            came(0, bytes);
        }

        @Override
        public void inboundMessageRead(int number, long wireBytes, long bytes) {
            if (!getsRoom) {
                leave(); // reflection is asked much in one call, one after the other
            }
        }

        @Override
        public void streamClosed(Status status) {
            synchronized (this) {
                ended = true;
            }
            leave();
        }

        private void came(long wireBytes, long bytes) {
            if (!fits(wireBytes, bytes) && refuse != null) {
                refuse.run();
            }
        }

        /** @return false once, when it does not any more */
        private synchronized boolean fits(long wireBytes, long bytes) {
            if (crowded || ended) {
                return true;
            }
            onTheWire += wireBytes;
            unpacked += bytes;
            int more = (int) Math.max(onTheWire, unpacked) - taken;
            if (taken + more > SMALL_BYTES && more > 0) {
                if (getsRoom && room.take(more)) {
                    taken += more;
                } else {
                    crowded = true;
                }
            }
            return !crowded;
        }

        synchronized void leave() {
            room.leave(taken);
            taken = 0;
            onTheWire = 0;
            unpacked = 0;
        }
    }
}
