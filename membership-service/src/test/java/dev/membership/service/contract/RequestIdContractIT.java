package dev.membership.service.contract;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** Every mutation with a request id, by the packaged application: it has to write and read each command and each answer as JSON. */
@QuarkusIntegrationTest
class RequestIdContractIT extends RequestIdContractTest {}
