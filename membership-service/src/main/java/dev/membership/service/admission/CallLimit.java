package dev.membership.service.admission;

/**
 * How many calls may be under way: fewer as long as they wait too long for the process's means, and slowly more again when
 * they do not. Never fewer than keep the process busy.
 */
final class CallLimit {
    /** Less than who calls would notice, more than a process with some calls to answer has at all times. */
    static final double BEARABLE_MILLIS = 10;

    private static final double WEIGHT_OF_THE_LATEST = 0.2;
    /** Caps one measurement, so that a single pause of the collector or the machine does not lower the limit by itself. */
    private static final double MOST_NOTED_MILLIS = BEARABLE_MILLIS / WEIGHT_OF_THE_LATEST;

    private static final double FEWER = 0.9;
    private static final double MORE = 0.5;

    private final int least;
    private final int most;
    private volatile double limit;
    private volatile double waitMillis;

    CallLimit(int least, int most) {
        this.least = Math.min(least, most);
        this.most = most;
        this.limit = most;
    }

    /** Takes note of how long a call waits now; from one thread at a time. */
    void waited(double millis) {
        waitMillis += WEIGHT_OF_THE_LATEST * (Math.min(millis, MOST_NOTED_MILLIS) - waitMillis);
        limit = waitMillis > BEARABLE_MILLIS ? Math.max(least, limit * FEWER) : Math.min(most, limit + MORE);
    }

    int calls() {
        return (int) limit;
    }

    /** How long calls have waited of late; at most {@value #MOST_NOTED_MILLIS}. */
    double waitMillis() {
        return waitMillis;
    }
}
