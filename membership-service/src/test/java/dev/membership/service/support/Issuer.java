package dev.membership.service.support;

import static dev.membership.service.support.Door.args;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/** An identity provider: it serves its keys on loopback and signs tokens. */
public final class Issuer {
    private static final Duration DRIP = Duration.ofMillis(100);

    private final HttpServer server;
    private final String name = "https://" + Instances.unique("issuer") + ".example.com";
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile PublicJsonWebKey key = newKey();
    private volatile String algorithm = AlgorithmIdentifiers.RSA_USING_SHA256;
    private volatile List<JsonWebKey> others = List.of();
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile int status = 200;
    private volatile boolean hangs;
    private volatile boolean drips;
    private volatile boolean noKeys;

    public Issuer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/jwks", exchange -> {
            fetches.incrementAndGet();
            if (hangs) {
                LockSupport.park();
            }
            if (drips) {
                exchange.sendResponseHeaders(200, 0);
                while (true) {
                    exchange.getResponseBody().write(' ');
                    exchange.getResponseBody().flush();
                    LockSupport.parkNanos(DRIP.toNanos());
                }
            }
            try {
                held.await();
            } catch (InterruptedException ended) {
                return;
            }
            List<JsonWebKey> served = new ArrayList<>(others);
            served.add(key);
            byte[] keys =
                    (noKeys ? "<html></html>" : new JsonWebKeySet(served).toJson()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        server.start();
    }

    public Issuer registered(GrpcDoor door, String instanceId, String audience) {
        door.call(
                Instances.OPERATOR_TOKEN,
                "CreateTokenIssuer",
                args("instance_id", instanceId, "issuer", name, "jwks_uri", jwksUri(), "audience", audience));
        return this;
    }

    public String name() {
        return name;
    }

    public String jwksUri() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks";
    }

    public int fetches() {
        return fetches.get();
    }

    /** From now on signs with another key, and serves that one only. */
    public void rotate() {
        key = newKey();
    }

    /** The same with a key of another kind. */
    public void rotate(PublicJsonWebKey to, String newAlgorithm) {
        to.setKeyId(Instances.unique("key"));
        key = to;
        algorithm = newAlgorithm;
    }

    /** From now on names no key, and serves another before the one by which it signs. */
    public void nameNoKeys() {
        PublicJsonWebKey other = newKey();
        other.setKeyId(null);
        key.setKeyId(null);
        others = List.of(other);
    }

    /**
     * From now on answers nobody until it is told to.
     *
     * @return tells it
     */
    public Runnable hold() {
        CountDownLatch until = new CountDownLatch(1);
        held = until;
        return until::countDown;
    }

    /** From now on answers with this HTTP status whoever asks for its keys. */
    public void answer(int httpStatus) {
        status = httpStatus;
    }

    /** From now on answers whoever asks for its keys with something else. */
    public void answerWithoutKeys() {
        noKeys = true;
    }

    /** From now on takes requests and does not answer them. */
    public void hang() {
        hangs = true;
    }

    /** From now on begins to answer, and does not end. */
    public void drip() {
        drips = true;
    }

    /** Answers nobody any more. */
    public void stop() {
        server.stop(0);
    }

    /** A token that is valid for a quarter of an hour. */
    public String token(String subject) {
        return sign(claims(subject));
    }

    public JwtClaims claims(String subject) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(name);
        claims.setSubject(subject);
        claims.setIssuedAtToNow();
        claims.setExpirationTimeMinutesInTheFuture(15);
        return claims;
    }

    public String sign(JwtClaims claims) {
        return sign(claims, key);
    }

    public String sign(JwtClaims claims, PublicJsonWebKey with) {
        JsonWebSignature token = new JsonWebSignature();
        token.setPayload(claims.toJson().replace("\ud800", "\\ud800")); // alone it exists in JSON, and not in UTF-8
        token.setKey(with.getPrivateKey());
        token.setKeyIdHeaderValue(with.getKeyId());
        token.setAlgorithmHeaderValue(algorithm);
        try {
            return token.getCompactSerialization();
        } catch (JoseException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public static PublicJsonWebKey newKey() {
        try {
            PublicJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
            key.setKeyId(Instances.unique("key"));
            return key;
        } catch (JoseException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
