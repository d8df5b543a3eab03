package dev.membership.service.access;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same credentials on the packaged application. */
@QuarkusIntegrationTest
class CredentialsIT extends CredentialsTest {}
