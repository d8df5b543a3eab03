package dev.membership.service.race;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same races on the packaged application. */
@QuarkusIntegrationTest
class MembershipRaceIT extends MembershipRaceTest {}
