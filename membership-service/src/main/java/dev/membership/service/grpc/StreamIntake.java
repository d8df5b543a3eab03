package dev.membership.service.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Lets a client's stream in only as far as {@link GrpcCalls} has asked for. Left alone, this version of the framework takes
 * in whatever the client sends and keeps it in memory until somebody reads it.
 */
@ApplicationScoped
@GlobalInterceptor
public class StreamIntake implements ServerInterceptor {
    static final Context.Key<Valve> KEY = Context.key("stream-intake");

    /** Between a call's transport and its stub: shut at first. */
    static final class Valve {
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
        if (call.getMethodDescriptor().getType() != MethodType.CLIENT_STREAMING) {
            return next.startCall(call, headers);
        }
        Valve valve = new Valve(call);
        ServerCall<Q, A> held = new SimpleForwardingServerCall<>(call) {
            @Override
            public void request(int messages) {
                valve.pass(messages, 0);
            }
        };
        return Contexts.interceptCall(Context.current().withValue(KEY, valve), held, headers, next);
    }
}
