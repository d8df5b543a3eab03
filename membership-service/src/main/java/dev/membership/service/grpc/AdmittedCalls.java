package dev.membership.service.grpc;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.service.admission.Admission;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Has {@link Admission} decide which calls are taken, before anything is read of them, and tells it when they end.
 *
 * <p>When the process ends, clients are sent elsewhere by GOAWAY, which refuses nothing: what a client had sent before it
 * read that is answered like any other call.
 */
@ApplicationScoped
@GlobalInterceptor
public class AdmittedCalls implements ServerInterceptor, Prioritized {
    private static final int OUTERMOST = 10_000;
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
        var refused = admission.beginToTheLast();
        if (refused.isPresent()) {
            StatusRuntimeException answer =
                    refusals.computeIfAbsent(refused.get(), code -> errors.status(new Refusal(code)));
            Metadata trailers = new Metadata();
            trailers.merge(answer.getTrailers());
            call.close(answer.getStatus(), trailers);
            return new ServerCall.Listener<>() {};
        }
        AtomicBoolean ended = new AtomicBoolean();
        try {
            return new Counted<>(next.startCall(call, headers), ended);
        } catch (RuntimeException failure) {
            end(ended);
            throw failure;
        }
    }

    /** A call ends when its answer is sent, or when it is cancelled. */
    private final class Counted<Q> extends SimpleForwardingServerCallListener<Q> {
        private final AtomicBoolean ended;

        Counted(ServerCall.Listener<Q> call, AtomicBoolean ended) {
            super(call);
            this.ended = ended;
        }

        @Override
        public void onComplete() {
            try {
                super.onComplete();
            } finally {
                end(ended);
            }
        }

        @Override
        public void onCancel() {
            try {
                super.onCancel();
            } finally {
                end(ended);
            }
        }
    }

    private void end(AtomicBoolean ended) {
        if (ended.compareAndSet(false, true)) {
            admission.end();
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
