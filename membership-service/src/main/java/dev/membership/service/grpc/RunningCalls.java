package dev.membership.service.grpc;

import dev.membership.service.shutdown.Draining;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.quarkus.grpc.GlobalInterceptor;
import io.quarkus.grpc.runtime.health.GrpcHealthStorage;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.Prioritized;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Tells {@link Draining} of the calls under way, and answers those that come too late so that clients go elsewhere. */
@ApplicationScoped
@GlobalInterceptor
public class RunningCalls implements ServerInterceptor, Prioritized {
    private static final int OUTERMOST = 10_000;
    /** Answered to the last; a watch of them has no end that could be waited for. */
    private static final List<String> NOT_COUNTED = List.of(
            HealthGrpc.SERVICE_NAME, "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection");

    private final Draining draining;
    private final GrpcHealthStorage health;

    RunningCalls(Draining draining, GrpcHealthStorage health) {
        this.draining = draining;
        this.health = health;
    }

    @Override
    public int getPriority() {
        return OUTERMOST;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (NOT_COUNTED.contains(call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        if (!draining.begin()) {
            call.close(Status.UNAVAILABLE.withDescription("This process is ending."), new Metadata());
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
            draining.end();
        }
    }

    void onShutdown(@Observes ShutdownDelayInitiatedEvent told) {
        health.getStatuses().keySet().forEach(service -> health.setStatus(service, ServingStatus.NOT_SERVING));
    }
}
