package dev.membership.service.error;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.quarkus.logging.LoggingFilter;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/**
 * Keeps out of the log that a client hung up before its request was complete, or before it had its answer, as it does when
 * its deadline is over: nothing is wrong with us, nobody waits any more, and the frameworks would tell of it with a stack trace.
 */
@LoggingFilter(name = "hang-ups")
public final class HangUps implements Filter {
    private static final String TELLS_OF_THEM = "io.quarkus.vertx.http.runtime.QuarkusErrorHandler";
    private static final String TELLS_OF_GRPCS = "io.grpc.netty.NettyServerHandler";

    @Override
    public boolean isLoggable(LogRecord entry) {
        return switch (entry.getThrown()) {
            case HttpClosedException _, StreamResetException _ -> !TELLS_OF_THEM.equals(entry.getLoggerName());
            case Http2Exception failed
            when failed.error() == Http2Error.STREAM_CLOSED -> !TELLS_OF_GRPCS.equals(entry.getLoggerName());
            case null, default -> true;
        };
    }
}
