package dev.membership.service.background;

import dev.membership.domain.operation.RequestRecords;
import dev.membership.domain.organization.OrganizationPurge;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;

/** Removes what deletions and time have left behind, in small transactions; every process may do it at the same time. */
@ApplicationScoped
class Housekeeping {
    private static final int BATCH = 1_000;

    private final OrganizationPurge purge;
    private final RequestRecords requestRecords;

    Housekeeping(OrganizationPurge purge, RequestRecords requestRecords) {
        this.purge = purge;
        this.requestRecords = requestRecords;
    }

    @Scheduled(every = "{membership.background.purge-every}", concurrentExecution = ConcurrentExecution.SKIP)
    void purgeOrganizations() {
        while (purge.purge(BATCH) > 0) {
            // until nothing is left
        }
    }

    @Scheduled(every = "{membership.background.forget-requests-every}", concurrentExecution = ConcurrentExecution.SKIP)
    void forgetRequests() {
        while (requestRecords.forgetOld(BATCH) == BATCH) {
            // until a batch was not full
        }
    }
}
