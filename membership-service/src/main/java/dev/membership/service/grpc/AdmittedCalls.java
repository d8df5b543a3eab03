package dev.membership.service.grpc;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.service.admission.Admission;
import dev.membership.service.error.Refusals;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.InternalServer;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.GlobalInterceptor;
import io.quarkus.grpc.runtime.health.GrpcHealthStorage;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.Prioritized;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has {@link Admission} decide which calls are taken, and tells it when they end.
 *
 * <p>When the process ends, clients are sent elsewhere by GOAWAY, which refuses nothing: what a client had sent before it
 * read that is answered like any other call.
 */
@ApplicationScoped
@GlobalInterceptor
public class AdmittedCalls implements ServerInterceptor, Prioritized {
    private static final int NEXT_TO_OUTERMOST = ArrivingRequests.OUTERMOST - 1;

    private static final boolean TO_THE_LAST = true;

    /** Answered to the last; a watch of them has no end that could be waited for. */
    private static final List<String> NOT_COUNTED = List.of(
            HealthGrpc.SERVICE_NAME, "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection");

    /** For clients to read GOAWAY, and to say so. Watches of the health are what may last longer: they are cut off. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final Admission admission;
    private final GrpcErrors errors;
    private final GrpcHealthStorage health;
    /** Made once: a process that has too much to do has no time for making them. */
    private final Map<ErrorCode, StatusRuntimeException> refusals = new ConcurrentHashMap<>();
    /** Quarkus keeps it to itself; null until a first call: without one there is nobody to send elsewhere. */
    private volatile @Nullable Server server;

    AdmittedCalls(Admission admission, GrpcErrors errors, GrpcHealthStorage health) {
        this.admission = admission;
        this.errors = errors;
        this.health = health;
    }

    @Override
    public int getPriority() {
        return NEXT_TO_OUTERMOST;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (server == null) {
            server = InternalServer.SERVER_CONTEXT_KEY.get();
        }
        if (NOT_COUNTED.contains(call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        // A stream is let in further only for a caller who may send it, so it takes its place at once.
        boolean begins = !call.getMethodDescriptor().getType().clientSendsOneMessage();
        Optional<ErrorCode> refused = begins ? admission.begin(TO_THE_LAST) : admission.refusal(TO_THE_LAST);
        if (refused.isPresent()) {
            refuse(call, refused.get());
            return new ServerCall.Listener<>() {};
        }
        Place place = new Place(begins);
        try {
            return new Admitted<>(call, next.startCall(new Answered<>(call, place), headers), place);
        } catch (Throwable failure) {
            place.leave();
            throw failure;
        }
    }

    private void refuse(ServerCall<?, ?> call, ErrorCode code) {
        Refusals.count(Refusals.Door.GRPC, call.getMethodDescriptor().getBareMethodName(), code);
        StatusRuntimeException answer = refusals.computeIfAbsent(code, key -> errors.status(new Refusal(key)));
        Metadata trailers = new Metadata();
        trailers.merge(answer.getTrailers());
        call.close(answer.getStatus(), trailers);
    }

    /**
     * A call takes its place when its request has come, and keeps nobody out any more when its answer is given: its client may
     * take that late or never. The process's end waits until the answer is sent, or the call is cancelled.
     */
    private final class Place {
        private boolean taken;
        private boolean answered;

        Place(boolean taken) {
            this.taken = taken;
        }

        synchronized Optional<ErrorCode> take() {
            Optional<ErrorCode> refused = taken ? Optional.empty() : admission.begin(TO_THE_LAST);
            taken = refused.isEmpty();
            return refused;
        }

        synchronized void answer() {
            if (taken && !answered) {
                answered = true;
                admission.answered();
            }
        }

        synchronized void leave() {
            if (taken) {
                taken = false;
                if (answered) {
                    admission.sent();
                } else {
                    admission.end();
                }
            }
        }
    }

    private static final class Answered<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final Place place;

        Answered(ServerCall<Q, A> call, Place place) {
            super(call);
            this.place = place;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            place.answer();
            super.close(status, trailers);
        }
    }

    /** Metrics and traces behind this are told nothing of a call that is refused when it has come: they would not know with what. */
    private final class Admitted<Q> extends SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, ?> call;
        private final Place place;
        private boolean refused;

        Admitted(ServerCall<Q, ?> call, ServerCall.Listener<Q> answering, Place place) {
            super(answering);
            this.call = call;
            this.place = place;
        }

        @Override
        public void onHalfClose() {
            Optional<ErrorCode> code = place.take();
            if (code.isPresent()) {
                refused = true;
                refuse(call, code.get());
                return;
            }
            super.onHalfClose();
        }

        @Override
        public void onComplete() {
            try {
                if (!refused) {
                    super.onComplete();
                }
            } finally {
                place.leave();
            }
        }

        @Override
        public void onCancel() {
            try {
                if (!refused) {
                    super.onCancel();
                }
            } finally {
                place.leave();
            }
        }
    }

    void onShutdown(@Observes ShutdownDelayInitiatedEvent told) {
        health.getStatuses().keySet().forEach(service -> health.setStatus(service, ServingStatus.NOT_SERVING));
        CompletableFuture.delayedExecutor(admission.delay().toMillis(), TimeUnit.MILLISECONDS)
                .execute(this::sendElsewhere);
    }

    /** Takes no new connections, and has clients leave those that there are. */
    private void sendElsewhere() {
        if (server != null) {
            server.shutdown();
        }
    }

    void onEnd(@Observes @Priority(Interceptor.Priority.APPLICATION) ShutdownEvent ending) throws InterruptedException {
        sendElsewhere();
        if (server != null) {
            server.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
