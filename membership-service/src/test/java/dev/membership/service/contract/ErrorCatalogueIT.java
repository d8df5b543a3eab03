package dev.membership.service.contract;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** Every error, from the packaged application. */
@QuarkusIntegrationTest
class ErrorCatalogueIT extends ErrorCatalogueTest {}
