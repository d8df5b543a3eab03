package dev.membership.service.admission;

import java.util.concurrent.TimeUnit;

/** Counts calls that began lately and of which not all has come; for one thread at a time. */
final class ExpectedCalls {
    /** A call is expected for one to two of these: many times as long as it takes to read what has arrived with it. */
    private static final long SPAN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private long span;
    private int inThisSpan;
    private int inTheLastSpan;

    int calls() {
        long now = System.nanoTime() / SPAN_NANOS;
        if (now != span) {
            inTheLastSpan = now == span + 1 ? inThisSpan : 0;
            inThisSpan = 0;
            span = now;
        }
        return inTheLastSpan + inThisSpan;
    }

    void begins() {
        inThisSpan++;
    }

    /** Which of the expected calls it is need not be known; it may be none of them. */
    void comes() {
        if (inTheLastSpan > 0) {
            inTheLastSpan--;
        } else if (inThisSpan > 0) {
            inThisSpan--;
        }
    }
}
