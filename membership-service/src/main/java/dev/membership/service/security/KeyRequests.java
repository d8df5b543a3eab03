package dev.membership.service.security;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.http.Get;
import org.jose4j.http.SimpleGet;
import org.jose4j.http.SimpleResponse;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Requests for an issuer's keys. After one that failed none is sent for a while, and whoever needs the keys meanwhile is told of
 * that failure: calls that wait for each other would otherwise each wait for an issuer that does not answer.
 */
final class KeyRequests implements SimpleGet {
    /** Between two requests, of which the first failed or found no key of the name that was asked for. */
    static final Duration AGAIN_AFTER = Duration.ofSeconds(5);

    /** Of the connection, and of each read. */
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    /** Of all of an answer: an issuer may send it byte by byte. */
    private static final Duration LONGEST = TIMEOUT.multipliedBy(2);

    private final Get http = new Get();
    private final AtomicInteger answers = new AtomicInteger();
    private volatile @Nullable Failure latest;

    KeyRequests() {
        http.setConnectTimeout((int) TIMEOUT.toMillis());
        http.setReadTimeout((int) TIMEOUT.toMillis());
        http.setRetries(0);
    }

    private record Failure(IOException cause, long at) {}

    @Override
    public SimpleResponse get(String location) throws IOException {
        Failure failure = latest;
        if (failure != null && System.nanoTime() - failure.at() < AGAIN_AFTER.toNanos()) {
            throw new IOException(failure.cause().getMessage(), failure.cause());
        }
        try {
            SimpleResponse answer = fetch(location);
            new JsonWebKeySet(answer.getBody());
            latest = null;
            answers.incrementAndGet();
            return answer;
        } catch (JoseException noKeys) {
            throw failed(new IOException("what it answers is no set of keys", noKeys));
        } catch (IOException unreached) {
            throw failed(unreached);
        }
    }

    private SimpleResponse fetch(String location) throws IOException {
        FutureTask<SimpleResponse> fetching = new FutureTask<>(() -> http.get(location));
        Thread.ofVirtual().start(fetching);
        try {
            return fetching.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException unreached ? unreached : new IOException(failed.getCause());
        } catch (TimeoutException | InterruptedException late) {
            throw new IOException("its answer has not ended in " + LONGEST.toSeconds() + " s", late);
        } finally {
            fetching.cancel(true); // closes the connection of one that goes on
        }
    }

    /** Whether the last request failed. */
    boolean failed() {
        return latest != null;
    }

    /** How often there were keys: they may be others each time. */
    int answers() {
        return answers.get();
    }

    private IOException failed(IOException cause) {
        latest = new Failure(cause, System.nanoTime());
        return cause;
    }
}
