package dev.membership.service.background;

import dev.membership.domain.event.EventRetention;
import dev.membership.domain.operation.RequestRecords;
import dev.membership.domain.organization.OrganizationPurge;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ApplicationNotRunning;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;

/** Removes what deletions and time have left behind, in small transactions; every process may do it at the same time. */
@Startup
@ApplicationScoped
class Housekeeping {
    private static final int BATCH = 1_000;

    private final OrganizationPurge purge;
    private final RequestRecords requestRecords;
    private final EventRetention events;
    private final EventsConfig eventsConfig;

    Housekeeping(
            OrganizationPurge purge, RequestRecords requestRecords, EventRetention events, EventsConfig eventsConfig) {
        this.purge = purge;
        this.requestRecords = requestRecords;
        this.events = events;
        this.eventsConfig = eventsConfig;
    }

    @Scheduled(
            every = "{membership.background.purge-every}",
            concurrentExecution = ConcurrentExecution.SKIP,
            skipExecutionIf = ApplicationNotRunning.class)
    void purgeOrganizations() {
        while (purge.purge(BATCH) > 0) {
            // until nothing is left
        }
    }

    @Scheduled(
            every = "{membership.background.forget-requests-every}",
            concurrentExecution = ConcurrentExecution.SKIP,
            skipExecutionIf = ApplicationNotRunning.class)
    void forgetRequests() {
        while (requestRecords.forgetOld(BATCH) == BATCH) {
            // until a batch was not full
        }
    }

    @Scheduled(
            every = "{membership.background.delete-events-every}",
            concurrentExecution = ConcurrentExecution.SKIP,
            skipExecutionIf = ApplicationNotRunning.class)
    void deleteEvents() {
        eventsConfig.kept().ifPresent(kept -> {
            while (events.deleteOlder(kept, BATCH) == BATCH) {
                // until a batch was not full
            }
        });
    }
}
