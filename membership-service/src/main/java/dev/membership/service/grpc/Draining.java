package dev.membership.service.grpc;

import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.quarkus.grpc.GlobalInterceptor;
import io.quarkus.grpc.runtime.health.GrpcHealthStorage;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.Prioritized;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends the gRPC door in order. The framework's own graceful shutdown waits for HTTP requests alone and cuts gRPC calls off;
 * here they get the same: health says NOT_SERVING at once, after {@code quarkus.shutdown.delay} new calls are refused as
 * UNAVAILABLE, which clients send elsewhere, and those under way have {@code quarkus.shutdown.timeout} to be answered.
 */
@ApplicationScoped
@GlobalInterceptor
public class Draining implements ServerInterceptor, Prioritized {
    private static final Logger LOG = Logger.getLogger(Draining.class);
    private static final int OUTERMOST = 10_000;
    /** Answered as long as anybody asks; watches of it last for ever and are not waited for. */
    private static final List<String> NOT_COUNTED = List.of(
            HealthGrpc.SERVICE_NAME, "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection");

    private final GrpcHealthStorage health;
    private final Duration delay;
    private final Duration timeout;
    private int running;
    private @Nullable Deadline refusesFrom;
    private @Nullable Deadline endsAt;

    Draining(
            GrpcHealthStorage health,
            @ConfigProperty(name = "quarkus.shutdown.delay") Optional<Duration> delay,
            @ConfigProperty(name = "quarkus.shutdown.timeout") Optional<Duration> timeout) {
        this.health = health;
        this.delay = delay.orElse(Duration.ZERO);
        this.timeout = timeout.orElse(Duration.ZERO);
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
        if (!begin()) {
            call.close(Status.UNAVAILABLE.withDescription("This process is shutting down."), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        AtomicBoolean ended = new AtomicBoolean();
        try {
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
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
            };
        } catch (RuntimeException failure) {
            end(ended);
            throw failure;
        }
    }

    /** Comes as soon as the process is told to end. */
    synchronized void onShutdownBegun(@Observes ShutdownDelayInitiatedEvent begun) {
        refusesFrom = Deadline.after(delay.toNanos(), TimeUnit.NANOSECONDS);
        endsAt = Deadline.after(delay.plus(timeout).toNanos(), TimeUnit.NANOSECONDS);
        health.getStatuses().keySet().forEach(service -> health.setStatus(service, ServingStatus.NOT_SERVING));
    }

    /** Comes after the delay, when the HTTP requests are done; everything that calls need is still there. */
    synchronized void onShutdown(@Observes ShutdownEvent ended) throws InterruptedException {
        while (running > 0 && endsAt != null && !endsAt.isExpired()) {
            TimeUnit.MILLISECONDS.timedWait(this, Math.max(1, endsAt.timeRemaining(TimeUnit.MILLISECONDS)));
        }
        if (running > 0) {
            LOG.warnf("%d gRPC calls are cut off: they did not end within quarkus.shutdown.timeout", running);
        }
    }

    private synchronized boolean begin() {
        if (refusesFrom != null && refusesFrom.isExpired()) {
            return false;
        }
        running++;
        return true;
    }

    private synchronized void end(AtomicBoolean ended) {
        if (ended.compareAndSet(false, true)) {
            running--;
            notifyAll();
        }
    }
}
