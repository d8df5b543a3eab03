package dev.membership.service.support;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between the service and PostgreSQL, so that the one can lose the other. */
public final class Relay implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final int port = TestDatabase.freePort();
    private final Set<NetSocket> open = ConcurrentHashMap.newKeySet();
    private NetServer server;

    public Relay() {
        connect();
    }

    public int port() {
        return port;
    }

    /** From now on connections are taken. */
    public void connect() {
        server = vertx.createNetServer().connectHandler(this::pass);
        server.listen(port, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** Breaks all connections, and takes no more. */
    public void cut() {
        server.close().toCompletionStage().toCompletableFuture().join();
        open.forEach(NetSocket::close);
        open.clear();
    }

    private void pass(NetSocket service) {
        service.pause();
        open.add(service);
        vertx.createNetClient()
                .connect(TestDatabase.server().getPort(), "127.0.0.1")
                .onSuccess(database -> {
                    open.add(database);
                    service.pipeTo(database);
                    database.pipeTo(service);
                })
                .onFailure(failure -> service.close());
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
