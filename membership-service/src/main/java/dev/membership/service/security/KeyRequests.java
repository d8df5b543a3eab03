package dev.membership.service.security;

import java.io.IOException;
import java.time.Duration;
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

    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final Get http = new Get();
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
            SimpleResponse answer = http.get(location);
            new JsonWebKeySet(answer.getBody());
            return answer;
        } catch (JoseException noKeys) {
            throw failed(new IOException("what it answers is no set of keys", noKeys));
        } catch (IOException unreached) {
            throw failed(unreached);
        }
    }

    private IOException failed(IOException cause) {
        latest = new Failure(cause, System.nanoTime());
        return cause;
    }
}
