package dev.membership.service.contract;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The events that the packaged application writes. */
@QuarkusIntegrationTest
class EventContractIT extends EventContractTest {}
