package dev.membership.service.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallLimitTest {
    private static final double LONG_MILLIS = 100;
    private static final int SECOND = 100;

    private final CallLimit limit = new CallLimit(20, 128);

    @Test
    void allAreTakenUntilCallsHaveToWait() {
        waited(0, SECOND);

        assertThat(limit.calls()).isEqualTo(128);
    }

    @Test
    void soonAsFewAreTakenAsCanBeWorkedOn() {
        waited(LONG_MILLIS, SECOND / 2);

        assertThat(limit.calls()).isEqualTo(20);
    }

    @Test
    void neverFewerThanThat() {
        waited(LONG_MILLIS, 60 * SECOND);

        assertThat(limit.calls()).isEqualTo(20);
    }

    @Test
    void aPauseIsNoOverload() {
        limit.waited(60_000);
        waited(0, 1);

        assertThat(limit.calls()).isEqualTo(128);
    }

    @Test
    void afterwardsAllAreTakenAgainWithinSeconds() {
        waited(LONG_MILLIS, SECOND);

        waited(0, 3 * SECOND);

        assertThat(limit.calls()).isEqualTo(128);
    }

    @Test
    void aCeilingBelowTheConnectionsHolds() {
        assertThat(new CallLimit(20, 2).calls()).isEqualTo(2);
    }

    private void waited(double millis, int times) {
        for (int i = 0; i < times; i++) {
            limit.waited(millis);
        }
    }
}
