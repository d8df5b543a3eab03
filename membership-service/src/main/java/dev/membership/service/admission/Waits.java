package dev.membership.service.admission;

import dev.membership.domain.database.ConnectionWait;
import io.netty.channel.EventLoopGroup;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.virtual.threads.VirtualThreads;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;

/**
 * How long a call now waits in this process before anything is done for it: until an event loop turns to it, until a thread
 * runs it, until there is a connection for it. That grows when more is to be done than can be, and only then. How long calls
 * take does not tell: one that waits for a lock or for a slow statement takes long, and keeps nobody from being answered.
 */
@ApplicationScoped
class Waits {
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final EventLoopGroup eventLoops;
    private final ExecutorService virtualThreads;
    private final ConnectionWait connection;
    private volatile boolean ended;

    Waits(Vertx vertx, @VirtualThreads ExecutorService virtualThreads, ConnectionWait connection) {
        this.eventLoops = vertx.nettyEventLoopGroup();
        this.virtualThreads = virtualThreads;
        this.connection = connection;
    }

    void end(@Observes ShutdownEvent shutdown) {
        ended = true;
    }

    /**
     * Measures it a hundred times a second until the shutdown, going round the event loops.
     *
     * @param millis is given each measure, one after the other
     */
    void watch(DoubleConsumer millis) {
        long due = System.nanoTime() + EVERY_NANOS;
        eventLoops
                .next()
                .schedule(
                        () -> virtualThreads.execute(() -> {
                            if (!ended) {
                                try {
                                    long late = System.nanoTime() - due;
                                    millis.accept((late + connection.nanos()) / 1e6);
                                } finally {
                                    watch(millis);
                                }
                            }
                        }),
                        EVERY_NANOS,
                        TimeUnit.NANOSECONDS);
    }
}
