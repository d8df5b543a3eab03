package dev.membership.service.operation;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same against the packaged application, which has metrics of its own where it is native. */
@QuarkusIntegrationTest
class HealthIT extends HealthTest {}
