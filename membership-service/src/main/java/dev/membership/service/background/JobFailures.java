package dev.membership.service.background;

import dev.membership.domain.operation.DatabaseRefusals;
import io.quarkus.scheduler.FailedExecution;
import io.quarkus.scheduler.ScheduledExecution;
import io.quarkus.scheduler.SuccessfulExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Says once what keeps a job from its work, and once that it is done again: jobs run each second or so, and what PostgreSQL
 * refuses for a while, as when it is away or read-only, is no error of ours. The framework would write a stack trace each time.
 */
@ApplicationScoped
class JobFailures {
    private static final Logger LOG = Logger.getLogger(JobFailures.class);

    /** By job, why it failed the last time. */
    private final Map<String, String> reasons = new ConcurrentHashMap<>();

    void onFailure(@Observes FailedExecution failed) {
        String job = name(failed.getExecution());
        Throwable failure = failed.getException();
        var refusal = DatabaseRefusals.refusal(failure);
        String reason = refusal.map(refused -> refused.code().code()).orElseGet(failure::toString);
        if (reason.equals(reasons.put(job, reason))) {
            return;
        }
        if (refusal.isPresent()) {
            LOG.warnf("%s has to wait (%s): %s", job, reason, root(failure));
        } else {
            LOG.errorf(failure, "%s fails", job);
        }
    }

    void onSuccess(@Observes SuccessfulExecution done) {
        String job = name(done.getExecution());
        if (reasons.remove(job) != null) {
            LOG.infof("%s works again", job);
        }
    }

    private static String name(ScheduledExecution execution) {
        return String.valueOf(execution.getTrigger().getMethodDescription());
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
