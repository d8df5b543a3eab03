package dev.membership.service.contract;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same contract, kept by the packaged application. */
@QuarkusIntegrationTest
class MembershipContractIT extends MembershipContractTest {}
