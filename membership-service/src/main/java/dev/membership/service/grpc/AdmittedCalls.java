package dev.membership.service.grpc;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.service.admission.Admission;
import dev.membership.service.error.Refusals;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.InternalServer;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
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
    private static final int OUTERMOST = 10_000;

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
        return OUTERMOST;
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
        try {
            return new Admitted<>(call, next.startCall(call, headers), begins);
        } catch (Throwable failure) {
            if (begins) {
                admission.end();
            }
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
     * A call takes its place when its request has come, and leaves it when its answer is sent or it is cancelled. Metrics and
     * traces behind this are told nothing of one that is refused then: they would not know with what.
     */
    private final class Admitted<Q> extends SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, ?> call;
        private boolean takesPlace;
        private boolean refused;

        Admitted(ServerCall<Q, ?> call, ServerCall.Listener<Q> answering, boolean takesPlace) {
            super(answering);
            this.call = call;
            this.takesPlace = takesPlace;
        }

        @Override
        public void onHalfClose() {
            if (!takesPlace) {
                Optional<ErrorCode> code = admission.begin(TO_THE_LAST);
                if (code.isPresent()) {
                    refused = true;
                    refuse(call, code.get());
                    return;
                }
                takesPlace = true;
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
                leave();
            }
        }

        @Override
        public void onCancel() {
            try {
                if (!refused) {
                    super.onCancel();
                }
            } finally {
                leave();
            }
        }

        private void leave() {
            if (takesPlace) {
                takesPlace = false;
                admission.end();
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
