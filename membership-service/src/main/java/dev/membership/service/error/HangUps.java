package dev.membership.service.error;

import io.quarkus.logging.LoggingFilter;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/**
 * Keeps out of the log that a client hung up before its request was complete: nothing is wrong with us, nobody waits for an
 * answer, and the framework would call it an error of ours, with a stack trace.
 */
@LoggingFilter(name = "hang-ups")
public final class HangUps implements Filter {
    private static final String TELLS_OF_THEM = "io.quarkus.vertx.http.runtime.QuarkusErrorHandler";

    @Override
    public boolean isLoggable(LogRecord entry) {
        return !(TELLS_OF_THEM.equals(entry.getLoggerName())
                && (entry.getThrown() instanceof HttpClosedException
                        || entry.getThrown() instanceof StreamResetException));
    }
}
