package dev.membership.service.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.membership.domain.caller.Caller;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.instance.Credentials;
import dev.membership.domain.instance.CredentialsChanged;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds out who calls, from the {@code authorization} header, the same on every door. */
@ApplicationScoped
public class CallerAuthentication {
    private static final String SCHEME = "Bearer ";
    private static final String SECRET_KEY_PREFIX = "sk_";
    private static final int MAX_CREDENTIAL_LENGTH = 8 * 1024;
    private static final int CACHED_KEYS = 10_000;

    private final SecurityConfig config;
    private final UserTokens userTokens;
    private final Credentials credentials;
    /** Not one that loads by itself: what its loader overrides Caffeine finds out by reflection, not in a native executable. */
    private final Cache<String, Optional<Caller.Backend>> backends;
    /** How often credentials were changed: what was read before one is not kept after it. */
    private final AtomicInteger changes = new AtomicInteger();

    CallerAuthentication(SecurityConfig config, Credentials credentials, UserTokens userTokens) {
        this.config = config;
        this.userTokens = userTokens;
        this.credentials = credentials;
        this.backends = Caffeine.newBuilder()
                .expireAfterWrite(config.credentialCache())
                .maximumSize(CACHED_KEYS)
                .build();
    }

    void onChange(@Observes CredentialsChanged changed) {
        changes.incrementAndGet();
        backends.invalidateAll();
    }

    /**
     * May read the database or fetch an issuer's keys: not for an event loop.
     *
     * @throws Refusal one of the catalogue's 401s; {@code service_unavailable} while nobody can say who it is
     */
    public Caller authenticate(@Nullable String authorization) {
        if (authorization == null || authorization.isBlank()) {
            throw new Refusal(ErrorCode.AUTHENTICATION_INVALID);
        }
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new Refusal(ErrorCode.AUTHORIZATION_HEADER_FORMAT_INVALID);
        }
        String credential = authorization.substring(SCHEME.length()).strip();
        if (credential.isEmpty() || credential.length() > MAX_CREDENTIAL_LENGTH) {
            throw new Refusal(ErrorCode.AUTHORIZATION_HEADER_FORMAT_INVALID);
        }
        if (isOperator(credential)) {
            return new Caller.Operator();
        }
        return credential.startsWith(SECRET_KEY_PREFIX)
                ? backend(credential).orElseThrow(() -> new Refusal(ErrorCode.CLERK_KEY_INVALID))
                : userTokens.verify(credential);
    }

    /** Not the cache's own way to load: there one call would wait for another's, while PostgreSQL is away for long. */
    private Optional<Caller.Backend> backend(String credential) {
        Optional<Caller.Backend> known = backends.getIfPresent(credential);
        if (known != null) {
            return known;
        }
        int seen = changes.get();
        Optional<Caller.Backend> found = credentials.backend(credential);
        backends.put(credential, found);
        if (changes.get() != seen) {
            backends.invalidate(credential);
        }
        return found;
    }

    /** A backend that has called a moment ago. Waits for nothing. */
    public Optional<Caller> known(@Nullable String authorization) {
        return authorization != null && authorization.startsWith(SCHEME + SECRET_KEY_PREFIX)
                ? Optional.ofNullable(backends.getIfPresent(authorization.substring(SCHEME.length())))
                        .flatMap(Function.identity())
                : Optional.empty();
    }

    private boolean isOperator(String credential) {
        return config.operatorToken()
                .filter(token -> !token.isBlank())
                .filter(token -> MessageDigest.isEqual(
                        token.getBytes(StandardCharsets.UTF_8), credential.getBytes(StandardCharsets.UTF_8)))
                .isPresent();
    }
}
