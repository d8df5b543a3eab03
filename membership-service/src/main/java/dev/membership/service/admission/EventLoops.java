package dev.membership.service.admission;

import io.netty.channel.nio.NioEventLoopGroup;
import io.quarkus.runtime.Startup;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Has an event loop do all that it has read before it reads more. By default it shares its time evenly between the two, so
 * that of a flood it reads faster than it refuses, and what it has read takes more and more memory; now that stays in the
 * connection, whose client then sends more slowly.
 */
@Startup
@ApplicationScoped
class EventLoops {
    /** In percent of the time; this value is the one that stands for "all tasks, whatever time they take". */
    private static final int ALL_TASKS = 100;

    EventLoops(Vertx vertx) {
        if (vertx.nettyEventLoopGroup() instanceof NioEventLoopGroup loops) {
            loops.setIoRatio(ALL_TASKS);
        }
    }
}
