package dev.membership.service.grpc;

import io.quarkus.grpc.api.ServerBuilderCustomizer;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.vertx.grpc.VertxServerBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Ends a gRPC connection when it has lived a while (give or take a tenth, so that not all come again at once): clients
 * then connect anew and find replicas that were not there before. Calls that run on it are let finish, however long they
 * take; a long import is not cut off.
 */
@ApplicationScoped
class ConnectionAge implements ServerBuilderCustomizer<VertxServerBuilder> {
    private final Duration age;

    ConnectionAge(@ConfigProperty(name = "membership.grpc.connection-age") Duration age) {
        this.age = age;
    }

    @Override
    public void customize(GrpcServerConfiguration configuration, VertxServerBuilder server) {
        server.nettyBuilder().maxConnectionAge(age.toMillis(), TimeUnit.MILLISECONDS);
    }
}
