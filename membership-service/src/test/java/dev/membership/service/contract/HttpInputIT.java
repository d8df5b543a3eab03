package dev.membership.service.contract;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same malformed requests to the packaged application. */
@QuarkusIntegrationTest
class HttpInputIT extends HttpInputTest {}
