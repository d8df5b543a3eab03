package dev.membership.service.error;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;

/** What a caller is told of a failure: a refusal as it is, and of anything else an id that finds it in the log. */
@Startup
@ApplicationScoped
public class Failures {
    private static final Logger LOG = Logger.getLogger(Failures.class);

    private final Counter unexpected;

    Failures(MeterRegistry metrics) {
        this.unexpected = Counter.builder("membership.failures")
                .description("Calls of both doors that were answered internal_error")
                .register(metrics);
    }

    /** The refusal that the failure is or was caused by; {@code internal_error} where there is none. */
    public Refusal refusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return refusal;
            }
        }
        String traceId = Span.current().getSpanContext().isValid()
                ? Span.current().getSpanContext().getTraceId()
                : UUID.randomUUID().toString();
        unexpected.increment();
        LOG.errorf(failure, "unexpected failure, trace id %s", traceId);
        return new Refusal(ErrorCode.INTERNAL_ERROR, Map.of("trace_id", traceId));
    }
}
