package dev.membership.service.error;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import io.opentelemetry.api.trace.Span;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;

/** What a caller is told of a failure: a refusal as it is, and of anything else an id that finds it in the log. */
public final class Failures {
    private static final Logger LOG = Logger.getLogger(Failures.class);

    private Failures() {}

    public static Refusal refusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return refusal;
            }
        }
        String traceId = Span.current().getSpanContext().isValid()
                ? Span.current().getSpanContext().getTraceId()
                : UUID.randomUUID().toString();
        LOG.errorf(failure, "unexpected failure, trace id %s", traceId);
        return new Refusal(ErrorCode.INTERNAL_ERROR, ErrorCode.INTERNAL_ERROR.text(), Map.of("trace_id", traceId));
    }
}
