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
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.spi.Prioritized;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts what comes of a call's requests, and refuses the call when there is no room for more of it. gRPC does not say
 * beforehand how large a message will be, and keeps what has come of one until all has come, which may be never: a
 * connection can carry a thousand such calls. So a call whose requests take room is refused as well when they take too long
 * to come.
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
    private final Vertx vertx;

    ArrivingRequests(RequestRoom room, GrpcErrors errors, Vertx vertx) {
        this.room = room;
        this.errors = errors;
        this.vertx = vertx;
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
        arrival.begin(call.getMethodDescriptor().getType().clientSendsOneMessage(), code -> {
            StatusRuntimeException refusal =
                    errors.refused(call.getMethodDescriptor().getBareMethodName(), new Refusal(code));
            once.close(refusal.getStatus(), refusal.getTrailers());
        });
        return new UntilRefused<>(next.startCall(once, headers), arrival);
    }

    /** Keeps from the stub what belongs to a call that was refused; to the stub it has been cancelled. */
    private static final class UntilRefused<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Arrival arrival;

        UntilRefused(ServerCall.Listener<Q> answering, Arrival arrival) {
            super(answering);
            this.arrival = arrival;
        }

        @Override
        public void onMessage(Q request) {
            if (!arrival.refused) {
                super.onMessage(request);
            }
        }

        @Override
        public void onHalfClose() {
            if (arrival.hasCome()) {
                super.onHalfClose();
            }
        }

        @Override
        public void onComplete() {
            if (arrival.refused) {
                super.onCancel();
            } else {
                super.onComplete();
            }
        }
    }

    /** What has come of one call's requests and is still kept. */
    private final class Arrival extends ServerStreamTracer {
        private final boolean getsRoom;
        private boolean oneRequest;
        private @Nullable Consumer<ErrorCode> refusal;
        private long onTheWire;
        private long unpacked;
        private int taken;
        private @Nullable Long timer;
        private boolean ended;
        private volatile boolean refused;

        Arrival(boolean getsRoom) {
            this.getsRoom = getsRoom;
        }

        @Override
        public Context filterContext(Context call) {
            return call.withValue(KEY, this);
        }

        /** Comes before anything is read of the call. */
        synchronized void begin(boolean oneRequest, Consumer<ErrorCode> refusal) {
            this.oneRequest = oneRequest;
            this.refusal = refusal;
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
            } else if (!oneRequest) {
                stopTimer(); // until a stream's next one begins it may take its time
            }
        }

        @Override
        public void streamClosed(Status status) {
            synchronized (this) {
                ended = true;
            }
            stopTimer();
            leave();
        }

        private void came(long wireBytes, long bytes) {
            if (!fits(wireBytes, bytes)) {
                refuse(ErrorCode.TOO_MANY_REQUESTS);
            }
        }

        /** @return false once, when it does not any more */
        private synchronized boolean fits(long wireBytes, long bytes) {
            if (refused || ended) {
                return true;
            }
            onTheWire += wireBytes;
            unpacked += bytes;
            int more = (int) Math.max(onTheWire, unpacked) - taken;
            if (taken + more > SMALL_BYTES && more > 0) {
                if (getsRoom && room.take(more)) {
                    taken += more;
                } else {
                    refused = true;
                }
            }
            // What is unpacked has come; only of a call with one request it is still to come that there is no other.
            if (!refused && taken > 0 && timer == null && (oneRequest || wireBytes > 0)) {
                timer = vertx.setTimer(room.timeout(), this::late);
            }
            return !refused;
        }

        private void late(Long fired) {
            synchronized (this) {
                if (refused || !fired.equals(timer)) {
                    return; // it has come meanwhile
                }
                refused = true;
            }
            refuse(ErrorCode.REQUEST_TIMEOUT);
        }

        private void refuse(ErrorCode code) {
            if (refusal != null) {
                refusal.accept(code);
            }
        }

        private synchronized void stopTimer() {
            if (timer != null) {
                vertx.cancelTimer(timer);
                timer = null;
            }
        }

        /**
         * Says that all has come.
         *
         * @return whether it has come in time, and found room
         */
        synchronized boolean hasCome() {
            stopTimer();
            return !refused;
        }

        synchronized void leave() {
            room.leave(taken);
            taken = 0;
            onTheWire = 0;
            unpacked = 0;
        }
    }
}
