package dev.membership.service.grpc;

import io.quarkus.grpc.api.ServerBuilderCustomizer;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.vertx.grpc.VertxServerBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long a gRPC connection lives, and how many calls it carries at a time.
 *
 * <p>It ends when it has lived a while (give or take a tenth, so that not all come again at once): clients then connect
 * anew and find replicas that were not there before. Calls that run on it are let finish, however long they take; a long
 * import is not cut off.
 *
 * <p>Whatever has been read of a connection takes memory until it is answered, and be it by a refusal. So a client is told
 * at the beginning how many calls may be open (HTTP/2's {@code SETTINGS_MAX_CONCURRENT_STREAMS}), and keeps what exceeds
 * that to itself until there is room or the call's deadline has passed. That is meant for floods only: of what a client of
 * grpc-java keeps when its connection ends, some calls fail.
 */
@ApplicationScoped
class Connections implements ServerBuilderCustomizer<VertxServerBuilder> {
    /** Of clients that find out by pings whether a connection still lives; one that asks more often is sent away. */
    private static final Duration OFTENEST_PING = Duration.ofSeconds(10);

    private final GrpcConfig config;
    private final ArrivingRequests arriving;
    private final GrpcAnswers answers;

    Connections(GrpcConfig config, ArrivingRequests arriving, GrpcAnswers answers) {
        this.config = config;
        this.arriving = arriving;
        this.answers = answers;
    }

    @Override
    public void customize(GrpcServerConfiguration configuration, VertxServerBuilder server) {
        server.nettyBuilder()
                .maxConnectionAge(config.connectionAge().toMillis(), TimeUnit.MILLISECONDS)
                .maxConcurrentCallsPerConnection(config.callsPerConnection())
                .permitKeepAliveTime(OFTENEST_PING.toSeconds(), TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addStreamTracerFactory(arriving.counting())
                .addStreamTracerFactory(answers);
    }
}
