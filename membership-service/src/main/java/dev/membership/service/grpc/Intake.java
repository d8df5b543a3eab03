package dev.membership.service.grpc;

import dev.membership.service.security.CallerAuthentication;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.GlobalInterceptor;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.spi.Prioritized;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request in only when its caller is known, and a client's stream only as far as {@link GrpcCalls} has asked for. Left
 * alone, the framework takes in whatever the client sends and keeps it in memory until somebody reads it, and a stranger needs
 * few requests to fill that: 1 MB of bytes is many times as much as a message. What is not let in stays in the connection,
 * whose flow control then stops its client.
 */
@ApplicationScoped
@GlobalInterceptor
public class Intake implements ServerInterceptor, Prioritized {
    static final Context.Key<Valve> KEY = Context.key("intake");

    /** So that metrics and traces are told of whoever is refused here. */
    private static final int INNERMOST = -1;

    /** All others are health and reflection, which anybody may ask. */
    static final String OURS = "membership.";

    /** Work that is under way when the process is told to end is done, as in {@link AdmittedCalls}. */
    private static final boolean TO_THE_LAST = true;

    private final CallerAuthentication authentication;
    private final GrpcErrors errors;
    private final ExecutorService virtualThreads;

    Intake(CallerAuthentication authentication, GrpcErrors errors, @VirtualThreads ExecutorService virtualThreads) {
        this.authentication = authentication;
        this.errors = errors;
        this.virtualThreads = virtualThreads;
    }

    @Override
    public int getPriority() {
        return INNERMOST;
    }

    /** Between a call's transport and its stub: shut at first. */
    static final class Valve {
        private static final int ALL = Integer.MAX_VALUE;

        private final ServerCall<?, ?> call;
        private int wanted;
        private int allowed;

        Valve(ServerCall<?, ?> call) {
            this.call = call;
        }

        /** Lets that many more messages in. */
        void allow(int messages) {
            pass(0, messages);
        }

        private void pass(int newlyWanted, int newlyAllowed) {
            int messages;
            synchronized (this) {
                wanted += newlyWanted;
                allowed += newlyAllowed;
                messages = Math.min(wanted, allowed);
                wanted -= messages;
                allowed -= messages;
            }
            if (messages > 0) {
                call.request(messages);
            }
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        boolean stream = call.getMethodDescriptor().getType() == MethodType.CLIENT_STREAMING;
        String authorization = headers.get(AuthorizationHeader.HEADER);
        if (!call.getMethodDescriptor().getFullMethodName().startsWith(OURS)
                || !stream && authentication.known(authorization).isPresent()) {
            return next.startCall(call, headers);
        }
        Held<Q, A> held = new Held<>(call);
        if (stream) {
            return Contexts.interceptCall(Context.current().withValue(KEY, held.valve), held, headers, next);
        }
        virtualThreads.execute(() -> letIn(held, authorization));
        return next.startCall(held, headers);
    }

    /** A call whose messages pass a valve. The stub, too, closes one that ends without a request. */
    private static final class Held<Q, A> extends ClosedOnce<Q, A> {
        private final Valve valve;

        Held(ServerCall<Q, A> call) {
            super(call);
            this.valve = new Valve(call);
        }

        @Override
        public void request(int messages) {
            valve.pass(messages, 0);
        }
    }

    private void letIn(Held<?, ?> call, @Nullable String authorization) {
        try {
            authentication.authenticateInPlace(authorization, TO_THE_LAST);
            call.valve.allow(Valve.ALL);
        } catch (Throwable failure) {
            refuse(call, failure);
        }
    }

    private void refuse(ServerCall<?, ?> call, Throwable failure) {
        StatusRuntimeException refusal =
                errors.refused(call.getMethodDescriptor().getBareMethodName(), failure);
        call.close(refusal.getStatus(), refusal.getTrailers());
    }
}
