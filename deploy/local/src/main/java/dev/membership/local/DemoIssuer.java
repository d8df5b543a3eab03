package dev.membership.local;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/**
 * Stands in for the identity provider that a real deployment has: it signs the demo users' tokens and publishes its
 * key on this machine for as long as the launcher runs. The service gets to know it as any other issuer.
 */
final class DemoIssuer implements AutoCloseable {
    static final String ISSUER = "https://demo.membership.local";

    private static final Duration VALID = Duration.ofHours(12);

    private final RsaJsonWebKey key;
    private final HttpServer server;

    private DemoIssuer(RsaJsonWebKey key, HttpServer server) {
        this.key = key;
        this.server = server;
    }

    static DemoIssuer start(Path keyFile) throws IOException {
        try {
            RsaJsonWebKey key = key(keyFile);
            byte[] published = new JsonWebKeySet(key)
                    .toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY)
                    .getBytes(StandardCharsets.UTF_8);
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
            server.createContext("/jwks.json", exchange -> {
                try (exchange) {
                    exchange.getResponseHeaders().set("content-type", "application/jwk-set+json");
                    exchange.sendResponseHeaders(200, published.length);
                    exchange.getResponseBody().write(published);
                }
            });
            server.start();
            return new DemoIssuer(key, server);
        } catch (JoseException e) {
            throw new LaunchException("The demo issuer's key " + keyFile + " cannot be used: " + e.getMessage(), e);
        }
    }

    String jwksUri() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks.json";
    }

    /** A token that says its bearer is this user, for half a day. */
    String token(String userId) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setSubject(userId);
        claims.setIssuedAtToNow();
        claims.setExpirationTimeMinutesInTheFuture(VALID.toMinutes());
        JsonWebSignature token = new JsonWebSignature();
        token.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        token.setKeyIdHeaderValue(key.getKeyId());
        token.setHeader("typ", "JWT");
        token.setKey(key.getPrivateKey());
        token.setPayload(claims.toJson());
        try {
            return token.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException("the demo issuer's key does not sign", e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** The same key at each start, so that a token of the start before is still good. */
    private static RsaJsonWebKey key(Path file) throws IOException, JoseException {
        if (Files.exists(file)) {
            return (RsaJsonWebKey) JsonWebKey.Factory.newJwk(Files.readString(file));
        }
        RsaJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId("demo-" + Secrets.random().substring(0, 8));
        key.setAlgorithm(AlgorithmIdentifiers.RSA_USING_SHA256);
        key.setUse("sig");
        DataFolder.writeSecret(file, key.toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE) + "\n");
        return key;
    }
}
