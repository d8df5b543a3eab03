package dev.membership.service.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;

/** Keeps the {@code authorization} metadata at hand for {@link GrpcCalls}, which runs where reading the database is allowed. */
@ApplicationScoped
@GlobalInterceptor
public class AuthorizationHeader implements ServerInterceptor {
    static final Context.Key<String> KEY = Context.key("authorization");
    static final Metadata.Key<String> HEADER = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return Contexts.interceptCall(Context.current().withValue(KEY, headers.get(HEADER)), call, headers, next);
    }
}
