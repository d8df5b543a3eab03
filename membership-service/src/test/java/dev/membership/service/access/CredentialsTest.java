package dev.membership.service.access;

import static dev.membership.service.support.Door.args;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.DynamicMessage;
import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.GrpcDoor;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.Issuer;
import dev.membership.service.support.Management;
import dev.membership.service.support.Refused;
import dev.membership.service.support.Together;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.quarkus.test.junit.DisabledOnIntegrationTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, by what credential, and that no credential is ever written down. */
@QuarkusTest
class CredentialsTest extends DoorTest {
    private static final String INVALID = "authentication_invalid";
    private static final String ACCEPTED = "accepted";
    private static final int CALLERS = 60;
    private static final int WAITING = 40;

    private final TestInstance instance = instances().create();
    private final Issuer issuer = new Issuer().registered(grpc(), instance.id(), null);
    private final String user = instance.user();

    @Test
    void aTokenIsValidForItsTime() {
        assertThat(outcome(issuer.token(user))).isEqualTo(ACCEPTED);
        assertThat(outcome(expiring(-10))).as("within the clocks' tolerance").isEqualTo(ACCEPTED);
        assertThat(outcome(expiring(-60))).isEqualTo(INVALID);
        JwtClaims notYet = issuer.claims(user);
        notYet.setNotBefore(seconds(120));
        assertThat(outcome(issuer.sign(notYet))).isEqualTo(INVALID);
        JwtClaims endless = issuer.claims(user);
        endless.unsetClaim("exp");
        assertThat(outcome(issuer.sign(endless))).isEqualTo(INVALID);
    }

    @Test
    void aTokenThatWasAcceptedAMomentAgoIsValidForNoLonger() {
        String token = expiring(-27);
        Instant end = Instant.now().plusSeconds(4); // after those that are forgiven, by a clock of whole seconds
        assertThat(readingOverGrpc(token)).isEqualTo(ACCEPTED);

        Eventually.until("it is refused", () -> {
            Instant asked = Instant.now();
            String answer = readingOverGrpc(token);
            assertThat(answer.equals(ACCEPTED) && asked.isAfter(end)).isFalse();
            return answer.equals(INVALID);
        });
    }

    @Test
    void aTokenNamesItsIssuerAndItsUser() {
        JwtClaims claims = issuer.claims(user);
        claims.unsetClaim("iss");
        assertThat(outcome(issuer.sign(claims))).isEqualTo(INVALID);
        claims.setIssuer(new Issuer().name());
        assertThat(outcome(issuer.sign(claims))).isEqualTo(INVALID);
        claims.setIssuer(new Issuer().registered(grpc(), instance.id(), null).name());
        assertThat(outcome(issuer.sign(claims)))
                .as("signed by another issuer's key")
                .isEqualTo(INVALID);
        claims.setIssuer(issuer.name() + "\0");
        assertThat(outcome(issuer.sign(claims))).isEqualTo(INVALID);
        JwtClaims nobody = issuer.claims(user);
        nobody.unsetClaim("sub");
        assertThat(outcome(issuer.sign(nobody))).isEqualTo(INVALID);
        assertThat(outcome(issuer.token(""))).isEqualTo(INVALID);
        assertThat(outcome(issuer.token("nobody\0"))).isEqualTo(INVALID);
        instance.user(args("external_id", "nobody?"));
        assertThat(outcome(issuer.token("nobody?"))).as("somebody").isEqualTo("authorization_invalid");
        assertThat(outcome(issuer.token("nobody\ud800")))
                .as("which PostgreSQL's driver would write with a question mark")
                .isEqualTo(INVALID);
        assertThat(outcome(issuer.token("user_unknown"))).isEqualTo(INVALID);
    }

    @Test
    void aTokenIsForItsAudience() {
        Issuer strict = new Issuer().registered(grpc(), instance.id(), "membership");
        JwtClaims claims = strict.claims(user);
        assertThat(outcome(strict.sign(claims))).as("without an audience").isEqualTo(INVALID);
        claims.setAudience("another");
        assertThat(outcome(strict.sign(claims))).isEqualTo(INVALID);
        claims.setAudience("another", "membership");
        assertThat(outcome(strict.sign(claims))).isEqualTo(ACCEPTED);
    }

    @Test
    void onlyTheIssuersOwnSignatureCounts() throws JoseException {
        JsonWebSignature none = new JsonWebSignature();
        none.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        none.setPayload(issuer.claims(user).toJson());
        none.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
        assertThat(outcome(none.getCompactSerialization())).as("alg none").isEqualTo(INVALID);

        String[] parts = issuer.token(user).split("\\.");
        assertThat(outcome(parts[0] + "." + parts[1] + "."))
                .as("signature cut off")
                .isEqualTo(INVALID);
        String admin = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(issuer.claims("user_other").toJson().getBytes(StandardCharsets.UTF_8));
        assertThat(outcome(parts[0] + "." + admin + "." + parts[2]))
                .as("other claims")
                .isEqualTo(INVALID);

        String keys = given().get(issuer.jwksUri()).asString();
        for (byte[] secret : List.of(
                keys.getBytes(StandardCharsets.UTF_8),
                publicKey(),
                Base64.getEncoder().encode(publicKey()))) {
            JsonWebSignature symmetric = new JsonWebSignature();
            symmetric.setPayload(issuer.claims(user).toJson());
            symmetric.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
            symmetric.setKeyIdHeaderValue(keyId());
            symmetric.setKey(new HmacKey(secret));
            symmetric.setDoKeyValidation(false);
            assertThat(outcome(symmetric.getCompactSerialization()))
                    .as("HS256 with the public key")
                    .isEqualTo(INVALID);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"})
    void eachAlgorithmThatIsPromisedIsTaken(String algorithm) throws JoseException {
        issuer.rotate(keyFor(algorithm), algorithm);

        assertThat(outcome(issuer.token(user))).isEqualTo(ACCEPTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PS384", "PS512", "ES512"})
    void noOtherAlgorithmIsTaken(String algorithm) throws JoseException {
        issuer.rotate(keyFor(algorithm), algorithm);

        assertThat(outcome(issuer.token(user))).isEqualTo(INVALID);
    }

    private static PublicJsonWebKey keyFor(String algorithm) throws JoseException {
        return switch (algorithm) {
            case "ES256" -> EcJwkGenerator.generateJwk(EllipticCurves.P256);
            case "ES384" -> EcJwkGenerator.generateJwk(EllipticCurves.P384);
            case "ES512" -> EcJwkGenerator.generateJwk(EllipticCurves.P521);
            case "EdDSA" -> OkpJwkGenerator.generateJwk(OctetKeyPairJsonWebKey.SUBTYPE_ED25519);
            default -> Issuer.newKey();
        };
    }

    /** One test, because all of it is about when keys are fetched. */
    @Test
    void keysAreKeptAndFetchedAgainWhenTheyChangeButNotAtACallersWill() {
        for (int call = 0; call < 50; call++) {
            assertThat(outcome(issuer.token(user))).isEqualTo(ACCEPTED);
        }
        assertThat(issuer.fetches()).isEqualTo(1);
        String old = issuer.token(user);

        issuer.rotate();

        assertThat(outcome(old)).as("nobody has asked for the new key yet").isEqualTo(ACCEPTED);
        Instant deadline = Instant.now().plus(Duration.ofSeconds(15));
        int refused = 0;
        // Over one door: between calls over two the new key may arrive.
        while (!readingOverGrpc(issuer.token(user)).equals(ACCEPTED)) {
            refused++;
            assertThat(Instant.now()).as("until the new key is accepted").isBefore(deadline);
        }
        assertThat(issuer.fetches())
                .as("fetches for " + refused + " tokens of an unknown key")
                .isLessThanOrEqualTo(3);
        assertThat(outcome(old)).isEqualTo(INVALID);
        int fetches = issuer.fetches();
        Issuer stranger = new Issuer();
        JwtClaims madeUp = stranger.claims(user);
        madeUp.setIssuer(issuer.name());
        for (int call = 0; call < 5; call++) {
            assertThat(outcome(issuer.sign(madeUp, Issuer.newKey()))).isEqualTo(INVALID);
            assertThat(outcome(issuer.token(user))).isEqualTo(ACCEPTED);
        }
        assertThat(issuer.fetches()).isLessThanOrEqualTo(fetches + 1);
    }

    @Test
    void anIssuerThatIsDownLocksOutNobodyElse() {
        assertThat(outcome(issuer.token(user))).isEqualTo(ACCEPTED);
        String token = issuer.token(user);
        issuer.stop();
        assertThat(outcome(token)).as("by the keys that are kept").isEqualTo(ACCEPTED);

        Issuer down = new Issuer().registered(grpc(), instance.id(), null);
        down.stop();
        assertThat(outcome(down.token(user))).isEqualTo("service_unavailable");
        assertThat(outcome(instance.key())).isNotEqualTo(INVALID);
    }

    @Test
    void anIssuerThatDoesNotAnswerIsAskedOnceForAll() {
        Issuer silent = new Issuer().registered(grpc(), instance.id(), null);
        silent.hang();
        String token = silent.token(user);

        assertThat(Together.run(CALLERS, i -> grpc().call(token, "GetUser", args("user_id", user))))
                .allSatisfy(outcome -> assertThat(outcome.refusal()).isEqualTo("service_unavailable"));
        assertThat(outcome(token)).isEqualTo("service_unavailable");
        assertThat(silent.fetches()).isEqualTo(1);
    }

    @Test
    void firstCallsOfAnIssuersUsersWaitForItsKeys() {
        Issuer slow = new Issuer().registered(grpc(), instance.id(), null);
        Runnable answer = slow.hold();
        String token = slow.token(user);
        try (var watch = Executors.newVirtualThreadPerTaskExecutor()) {
            watch.submit(() -> {
                try {
                    Eventually.until("all wait", () -> runningCalls() >= WAITING);
                } finally {
                    answer.run();
                }
            });

            assertThat(Together.run(WAITING, i -> grpc().call(token, "GetUser", args("user_id", user))))
                    .allSatisfy(outcome -> assertThat(outcome.succeeded()).isTrue());
        }
        assertThat(slow.fetches()).isEqualTo(1);
    }

    private static double runningCalls() {
        return Management.get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("membership_calls_running"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void aKeyThatHasNoNameIsFoundByItsSignatures() {
        issuer.nameNoKeys();

        assertThat(outcome(issuer.token(user))).isEqualTo(ACCEPTED);
        assertThat(outcome(issuer.sign(issuer.claims(user), Issuer.newKey()))).isEqualTo(INVALID);
    }

    @Test
    void anIssuerWhoseAnswerDoesNotEndIsDown() {
        Issuer dripping = new Issuer().registered(grpc(), instance.id(), null);
        dripping.drip();

        assertThat(outcome(dripping.token(user))).isEqualTo("service_unavailable");
        assertThat(dripping.fetches()).isEqualTo(1);
    }

    @Test
    void anIssuerThatAnswersWithSomethingElseThanKeysIsDown() {
        Issuer moved = new Issuer().registered(grpc(), instance.id(), null);
        moved.answerWithoutKeys();

        for (int call = 0; call < 5; call++) {
            assertThat(outcome(moved.token(user))).isEqualTo("service_unavailable");
        }
        assertThat(moved.fetches()).isEqualTo(1);
    }

    @Test
    void aTokenIsNotCalledInvalidWhileItsIssuersKeysCannotBeFetched() {
        issuer.answer(503);
        assertThat(outcome(issuer.token(user))).isEqualTo("service_unavailable");
        assertThat(outcome(expiring(-60))).as("invalid whatever its signature").isEqualTo(INVALID);
        JwtClaims nobody = issuer.claims(user);
        nobody.unsetClaim("sub");
        assertThat(outcome(issuer.sign(nobody))).isEqualTo(INVALID);

        issuer.answer(200);
        Eventually.until(
                "its keys are asked for again",
                () -> readingOverGrpc(issuer.token(user)).equals(ACCEPTED));
        assertThat(outcome(issuer.token(user))).isEqualTo(ACCEPTED);
        assertThat(outcome(issuer.sign(issuer.claims(user), Issuer.newKey()))).isEqualTo(INVALID);
    }

    @Test
    void keysOfAnIssuerThatIsDownOutliveAChangeOfOtherCredentials() {
        assertThat(outcome(issuer.token(user))).isEqualTo(ACCEPTED);
        issuer.answer(503);

        revoke(newKey());

        assertThat(outcome(issuer.token(user))).isEqualTo(ACCEPTED);
    }

    @Test
    void aSubjectIsAUsersIdOrElseItsExternalId() {
        String external = instance.user(args("external_id", "idp|" + user));
        String impostor = instance.user(args("external_id", user));

        assertThat(whoIs(issuer.token("idp|" + user), external)).isEqualTo(external);
        assertThat(whoIs(issuer.token(user), user)).isEqualTo(user);
        assertThat(catchThrowableOfType(Refused.class, () -> whoIs(issuer.token(user), impostor))
                        .code())
                .isEqualTo("authorization_invalid");
    }

    /** Its developer would look for what is wrong with the token. */
    @Test
    void aTokenOfAUserWhoIsNotThereSaysSo() {
        assertThat(catchThrowableOfType(Refused.class, () -> whoIs(issuer.token("idp|new"), user)))
                .hasMessageContaining("no user of that id or external id")
                .extracting(Refused::code)
                .isEqualTo(INVALID);
    }

    @Test
    void whatTheDatabaseSaysNowCounts() {
        String token = issuer.token(user);
        String organization = instance.organization(instance.user());
        String joining = instance.user();
        assertThat(adding(token, organization, joining)).isEqualTo("organization_not_found_or_unauthorized");
        instance.add(organization, user, "org:member");
        assertThat(adding(token, organization, joining)).isEqualTo("missing_organization_permission");
        grpc().call(
                        instance.key(),
                        "UpdateMembership",
                        args("organization_id", organization, "user_id", user, "role", "org:admin"));
        assertThat(adding(token, organization, joining)).isEqualTo(ACCEPTED);
        grpc().call(
                        instance.key(),
                        "UpdateMembership",
                        args("organization_id", organization, "user_id", user, "role", "org:member"));
        assertThat(adding(token, organization, instance.user())).isEqualTo("missing_organization_permission");

        String slug = instance.read(organization).get("slug").asText();
        grpc().call(instance.key(), "UpdateUser", args("user_id", user, "fields", args("banned", true)));
        assertThat(outcome(token)).isEqualTo("user_banned");
        assertThat(adding(token, organization, joining)).isEqualTo("user_banned");
        assertThat(bySlug(token, slug)).isEqualTo("user_banned").isEqualTo(bySlug(token, "no-such-slug"));

        grpc().call(instance.key(), "DeleteUser", args("user_id", user));
        assertThat(outcome(token)).isEqualTo(INVALID);
        assertThat(adding(token, organization, joining)).isEqualTo("organization_not_found_or_unauthorized");
    }

    @Test
    void aSecretKeyEndsWhenItIsRevoked() {
        JsonNode created = newKey();
        String secret = created.get("secret").asText();
        assertThat(header("Bearer " + secret)).isEqualTo(ACCEPTED);

        revoke(created);

        assertThat(header("Bearer " + secret)).isEqualTo("clerk_key_invalid");
        assertThat(grpc().call(Instances.OPERATOR_TOKEN, "ListSecretKeys", args("instance_id", instance.id()))
                        .toString())
                .doesNotContain(secret);
    }

    private JsonNode newKey() {
        return grpc().call(
                        Instances.OPERATOR_TOKEN,
                        "CreateSecretKey",
                        args("instance_id", instance.id(), "name", "to be revoked"));
    }

    private void revoke(JsonNode created) {
        grpc().call(
                        Instances.OPERATOR_TOKEN,
                        "RevokeSecretKey",
                        args(
                                "instance_id",
                                instance.id(),
                                "secret_key_id",
                                created.at("/key/id").asText()));
    }

    @Test
    void theHeaderReadsBearerAndACredential() {
        assertThat(header("Bearer " + instance.key())).isEqualTo(ACCEPTED);
        assertThat(header("bearer " + instance.key())).isEqualTo(ACCEPTED);
        assertThat(header("BEARER   " + instance.key())).isEqualTo(ACCEPTED);
        String malformed = "authorization_header_format_invalid";
        assertThat(header("Basic " + instance.key())).isEqualTo(malformed);
        assertThat(header(instance.key())).isEqualTo(malformed);
        assertThat(header("Bearer")).isEqualTo(malformed);
        assertThat(header("Bearer" + instance.key())).isEqualTo(malformed);
        assertThat(header("Bearer, " + instance.key())).isEqualTo(malformed);
        assertThat(header("Bearer sk_")).isEqualTo("clerk_key_invalid");
        assertThat(header("Bearer " + instance.key() + " " + instance.key())).isEqualTo("clerk_key_invalid");
        assertThat(header("Bearer a.b.c")).isEqualTo(INVALID);
        assertThat(header("Bearer ...")).isEqualTo(INVALID);
    }

    @Test
    void aHugeHeaderIsRefusedBeforeItIsRead() {
        String huge = "Bearer " + "x".repeat(100 * 1024);
        var request = given().port(RestAssured.port)
                .header("Authorization", huge)
                .contentType("application/json")
                .body(Map.of("query", "{ __typename }"));
        // Or is cut off while it writes: nobody waits for the rest of it.
        Throwable other = catchThrowable(
                () -> assertThat(request.post("/graphql").statusCode()).isEqualTo(431));
        assertThat(other == null || other instanceof SocketException)
                .as("refused, not %s", other)
                .isTrue();
        assertThat(catchThrowableOfType(StatusRuntimeException.class, () -> overGrpc(huge))
                        .getStatus()
                        .getCode())
                .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.INTERNAL, Status.Code.UNAUTHENTICATED);
        assertThat(header("Bearer " + instance.key()))
                .as("and the service goes on")
                .isEqualTo(ACCEPTED);
    }

    @Test
    @DisabledOnIntegrationTest("a packaged application's log is not heard here")
    void noCredentialIsEverLogged() {
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        Handler handler = new Handler() {
            private final SimpleFormatter formatter = new SimpleFormatter();

            @Override
            public void publish(LogRecord entry) {
                lines.add(formatter.format(entry));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger root = Logger.getLogger("");
        Logger ours = Logger.getLogger("dev.membership");
        Level before = ours.getLevel();
        handler.setLevel(Level.ALL);
        root.addHandler(handler);
        ours.setLevel(Level.ALL);
        List<String> secrets = new ArrayList<>(List.of(Instances.OPERATOR_TOKEN, instance.key()));
        try {
            TestInstance another = instances().create();
            secrets.add(another.key());
            secrets.add(issuer.token(user));
            secrets.add(expiring(-60));
            secrets.add(new Issuer().token(user));
            JwtClaims forged = issuer.claims(user);
            secrets.add(issuer.sign(forged, Issuer.newKey()));
            secrets.add(expiringTampered());
            secrets.add("sk_unknown" + Instances.unique(""));
            for (String secret : secrets) {
                outcome(secret);
                header("Bearer " + secret);
                header("Basic " + secret);
                adding(secret, "org_unknown", "user_unknown");
                adding(secret, instance.organization(), instance.user());
            }
        } finally {
            ours.setLevel(before);
            root.removeHandler(handler);
        }
        assertThat(lines).as("the log was heard").anyMatch(line -> line.contains("token refused"));
        assertThat(secrets).allSatisfy(secret -> assertThat(lines).noneMatch(line -> line.contains(secret)));
        assertThat(lines).noneMatch(line -> line.contains("eyJ"));
    }

    /** Reads the user's own data over both doors: accepted, or the code of the refusal, the same on both. */
    private String outcome(String credential) {
        String overGrpc = readingOverGrpc(credential);
        assertThat(codeOf(() -> graphQl().call(credential, "GetUser", args("user_id", user))))
                .isEqualTo(overGrpc);
        return overGrpc;
    }

    private String readingOverGrpc(String credential) {
        return codeOf(() -> grpc().call(credential, "GetUser", args("user_id", user)));
    }

    private String adding(String credential, String organization, String joining) {
        return codeOf(() -> grpc().call(
                        credential,
                        "CreateMembership",
                        args("organization_id", organization, "user_id", joining, "role", "org:member")));
    }

    private String bySlug(String credential, String slug) {
        return codeOf(() -> grpc().call(credential, "GetOrganization", args("slug", slug)));
    }

    private String whoIs(String token, String userId) {
        return grpc().call(token, "GetUser", args("user_id", userId)).get("id").asText();
    }

    private static String codeOf(Runnable call) {
        try {
            call.run();
            return ACCEPTED;
        } catch (Refused refused) {
            return refused.code();
        }
    }

    /** Sends an authorization header as it is to both doors. */
    private String header(String header) {
        String overGrpc = codeOf(() -> overGrpc(header));
        var response = given().port(RestAssured.port)
                .header("Authorization", header)
                .contentType("application/json")
                .body(Map.of("query", "{ __typename }"))
                .post("/graphql");
        assertThat(response.statusCode() == 200 ? ACCEPTED : response.path("errors[0].extensions.code"))
                .as("GraphQL, HTTP " + response.statusCode())
                .isEqualTo(overGrpc.equals("authorization_invalid") ? ACCEPTED : overGrpc);
        return overGrpc;
    }

    private static void overGrpc(String header) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), header);
        var method = GrpcDoor.methods().get("GetOrganizationSettings");
        try {
            ClientCalls.blockingUnaryCall(
                    ClientInterceptors.intercept(grpc().channel(), MetadataUtils.newAttachHeadersInterceptor(headers)),
                    GrpcDoor.grpcMethod(method),
                    CallOptions.DEFAULT,
                    DynamicMessage.getDefaultInstance(method.getInputType()));
        } catch (StatusRuntimeException failure) {
            throw GrpcDoor.refused(failure);
        }
    }

    private String expiring(int inSeconds) {
        JwtClaims claims = issuer.claims(user);
        claims.setIssuedAt(seconds(-600));
        claims.setExpirationTime(seconds(inSeconds));
        return issuer.sign(claims);
    }

    private String expiringTampered() {
        String token = expiring(60);
        return token.substring(0, token.length() - 8) + "AAAAAAAA";
    }

    private static NumericDate seconds(int fromNow) {
        NumericDate date = NumericDate.now();
        date.addSeconds(fromNow);
        return date;
    }

    private String keyId() {
        return JsonPath.from(given().get(issuer.jwksUri()).asString()).get("keys[0].kid");
    }

    private byte[] publicKey() throws JoseException {
        return ((org.jose4j.jwk.PublicJsonWebKey) new org.jose4j.jwk.JsonWebKeySet(
                                given().get(issuer.jwksUri()).asString())
                        .getJsonWebKeys()
                        .getFirst())
                .getPublicKey()
                .getEncoded();
    }
}
