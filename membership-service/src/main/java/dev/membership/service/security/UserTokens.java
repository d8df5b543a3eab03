package dev.membership.service.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import dev.membership.domain.instance.Credentials;
import dev.membership.domain.instance.CredentialsChanged;
import dev.membership.domain.instance.RegisteredIssuer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodeValidator;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.jose4j.lang.UnresolvableKeyException;

/**
 * Verifies users' tokens: JWTs of issuers that were registered for an instance. An issuer's keys are fetched when first
 * needed, kept as long as its answer says, and fetched again when a token names a key that is not among them. Each time
 * that they cannot be fetched, those that are there are used for another hour.
 *
 * <p>jose4j is used by itself, and not through an OIDC extension, because those tie a token to an HTTP route and issuers to
 * the configuration; ours are rows, and half of the calls are gRPC.
 */
@ApplicationScoped
class UserTokens {
    private static final Logger LOG = Logger.getLogger(UserTokens.class);
    private static final int ALLOWED_CLOCK_SKEW_SECONDS = 30;
    private static final Duration KEYS_OUTLIVE_FAILURES = Duration.ofHours(1);

    /**
     * Tokens of one issuer that are verified at a time. Verifying one takes no time unless the issuer's keys have to be fetched:
     * so many calls may wait for an issuer that does not answer, and not all that the process takes.
     */
    private static final int AT_A_TIME = 96;

    /** The same of an issuer that has not answered the last time. */
    private static final int AFTER_A_FAILURE = 32;

    /** No user's id or external id is longer. */
    private static final int LONGEST_SUBJECT = 255;

    private static final int CACHED_ISSUERS = 1_000;
    private static final int CACHED_TOKENS = 1_000;
    private static final AlgorithmConstraints ASYMMETRIC = new AlgorithmConstraints(
            ConstraintType.PERMIT,
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_USING_SHA384,
            AlgorithmIdentifiers.RSA_USING_SHA512,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
            AlgorithmIdentifiers.EDDSA);

    private final CredentialCache<RegisteredIssuer> issuers;
    /** By what was registered, so that a change of it makes a new verifier and nothing else does: keys outlive an issuer's outage. */
    private final Cache<RegisteredIssuer, Verifier> verifiers =
            Caffeine.newBuilder().maximumSize(CACHED_ISSUERS).build();

    /** One call asks for its caller twice, and one user soon calls again. */
    private final Cache<String, Verified> verified;

    private final JwtConsumer unverified = new JwtConsumerBuilder()
            .setSkipAllValidators()
            .setDisableRequireSignature()
            .setSkipSignatureVerification()
            .build();

    UserTokens(SecurityConfig config, Credentials credentials) {
        this.issuers = new CredentialCache<>(config.credentialCache(), CACHED_ISSUERS, credentials::issuer);
        this.verified = Caffeine.newBuilder()
                .expireAfterWrite(config.credentialCache())
                .maximumSize(CACHED_TOKENS)
                .build();
    }

    private record Verifier(JwtConsumer tokens, KeyRequests keys, Semaphore room) {
        private Verifier(JwtConsumer tokens, KeyRequests keys) {
            this(tokens, keys, new Semaphore(AT_A_TIME));
        }
    }

    /**
     * What was found out of a token.
     *
     * @param keys which of the issuer's answers they were in
     */
    private record Verified(
            RegisteredIssuer issuer, Verifier verifier, int keys, Caller.User user, NumericDate expires) {
        boolean isPast() {
            return NumericDate.now().getValue() - ALLOWED_CLOCK_SKEW_SECONDS >= expires.getValue();
        }
    }

    void onChange(@Observes CredentialsChanged changed) {
        issuers.forgetAll();
    }

    /**
     * @throws Refusal {@code authentication_invalid}, without the reason: that is for the log of whoever made the token; or
     *     {@code service_unavailable} when the issuer's keys cannot be fetched, so that the signature can be neither accepted
     *     nor rejected
     */
    Caller.User verify(String token) {
        Verified known = verified.getIfPresent(token);
        return known != null && stillHolds(known) ? known.user() : verifyAnew(token);
    }

    private boolean stillHolds(Verified known) {
        return !known.isPast()
                && issuers.get(known.issuer().issuer())
                        .filter(known.issuer()::equals)
                        .isPresent()
                && known.verifier().equals(verifiers.getIfPresent(known.issuer()))
                && known.verifier().keys().answers() == known.keys();
    }

    private Caller.User verifyAnew(String token) {
        try {
            String iss = unverified.processToClaims(token).getIssuer();
            RegisteredIssuer issuer = Optional.ofNullable(iss)
                    .flatMap(issuers::get)
                    .orElseThrow(() -> new Refusal(ErrorCode.AUTHENTICATION_INVALID));
            Verifier verifier = verifiers.get(issuer, UserTokens::verifier);
            int keys = verifier.keys().answers();
            JwtClaims claims = verified(issuer, verifier, token);
            String subject = claims.getSubject();
            if (!Input.isStorable(subject) || subject.codePointCount(0, subject.length()) > LONGEST_SUBJECT) {
                throw new Refusal(ErrorCode.AUTHENTICATION_INVALID); // PostgreSQL cannot even be asked for it
            }
            Caller.User user = new Caller.User(issuer.instanceId(), subject);
            verified.put(token, new Verified(issuer, verifier, keys, user, claims.getExpirationTime()));
            return user;
        } catch (InvalidJwtException invalid) {
            // Not the exception: its text holds the token, which another reader may well accept.
            LOG.debugf("token refused, jose4j's error codes %s", codes(invalid));
            throw new Refusal(ErrorCode.AUTHENTICATION_INVALID);
        } catch (MalformedClaimException malformed) {
            LOG.debug("token refused, a claim is malformed");
            throw new Refusal(ErrorCode.AUTHENTICATION_INVALID);
        }
    }

    private JwtClaims verified(RegisteredIssuer issuer, Verifier verifier, String token) throws InvalidJwtException {
        int room = verifier.keys().failed() ? AT_A_TIME / AFTER_A_FAILURE : 1;
        if (!verifier.room().tryAcquire(room)) {
            throw new Refusal(ErrorCode.SERVICE_UNAVAILABLE);
        }
        try {
            return verifier.tokens().processToClaims(token);
        } catch (InvalidJwtException refused) {
            if (!(refused.getCause() instanceof UnresolvableKeyException unresolved)
                    || !(unresolved.getCause() instanceof IOException unreached)) {
                throw refused;
            }
            LOG.warnf("the keys at %s cannot be fetched: %s", issuer.jwksUri(), unreached);
            // What no signature could make valid is not worth another try.
            claimsOf(issuer)
                    .setSkipSignatureVerification()
                    .setDisableRequireSignature()
                    .build()
                    .processToClaims(token);
            throw new Refusal(ErrorCode.SERVICE_UNAVAILABLE);
        } finally {
            verifier.room().release(room);
        }
    }

    private static List<Integer> codes(InvalidJwtException invalid) {
        return invalid.getErrorDetails().stream()
                .map(ErrorCodeValidator.Error::getErrorCode)
                .toList();
    }

    private static Verifier verifier(RegisteredIssuer issuer) {
        KeyRequests requests = new KeyRequests();
        HttpsJwks keys = new HttpsJwks(issuer.jwksUri());
        keys.setSimpleHttpGet(requests);
        keys.setRefreshReprieveThreshold(KeyRequests.AGAIN_AFTER.toMillis());
        keys.setRetainCacheOnErrorDuration(KEYS_OUTLIVE_FAILURES.toSeconds());
        HttpsJwksVerificationKeyResolver resolver = new HttpsJwksVerificationKeyResolver(keys);
        // A key's name may be missing, or be that of several.
        resolver.setDisambiguateWithVerifySignature(true);
        return new Verifier(
                claimsOf(issuer)
                        .setVerificationKeyResolver(resolver)
                        .setJwsAlgorithmConstraints(ASYMMETRIC)
                        .build(),
                requests);
    }

    /** What a token must say, whoever signed it. */
    private static JwtConsumerBuilder claimsOf(RegisteredIssuer issuer) {
        JwtConsumerBuilder builder = new JwtConsumerBuilder()
                .setExpectedIssuer(issuer.issuer())
                .setRequireExpirationTime()
                .setRequireSubject()
                .setAllowedClockSkewInSeconds(ALLOWED_CLOCK_SKEW_SECONDS);
        return issuer.audience() == null
                ? builder.setSkipDefaultAudienceValidation()
                : builder.setExpectedAudience(issuer.audience());
    }
}
