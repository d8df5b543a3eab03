package dev.membership.service.security;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.instance.Credentials;
import dev.membership.domain.instance.CredentialsChanged;
import dev.membership.service.admission.Admission;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out who calls, from the {@code authorization} header, the same on every door. */
@ApplicationScoped
public class CallerAuthentication {
    private static final String SCHEME = "Bearer ";
    private static final String SECRET_KEY_PREFIX = "sk_";
    private static final int MAX_CREDENTIAL_LENGTH = 8 * 1024;
    /** Twice as long as those that are made. */
    private static final int MAX_KEY_LENGTH = 90;

    private static final int CACHED_KEYS = 10_000;

    private final SecurityConfig config;
    private final UserTokens userTokens;
    private final Admission admission;
    private final CredentialCache<Caller.Backend> backends;

    CallerAuthentication(SecurityConfig config, Credentials credentials, UserTokens userTokens, Admission admission) {
        this.config = config;
        this.userTokens = userTokens;
        this.admission = admission;
        this.backends = new CredentialCache<>(config.credentialCache(), CACHED_KEYS, credentials::backend);
    }

    void onChange(@Observes CredentialsChanged changed) {
        backends.forgetAll();
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

    /**
     * The same for a call that has no place yet, as its request has not come: finding out who calls is work, which takes one
     * until it is done.
     *
     * @param toTheLast see {@link Admission#refusal}
     * @throws Refusal as {@link #authenticate} does, or because there is no place
     */
    public Caller authenticateInPlace(@Nullable String authorization, boolean toTheLast) {
        admission.begin(toTheLast).ifPresent(code -> {
            throw new Refusal(code);
        });
        try {
            return authenticate(authorization);
        } finally {
            admission.end();
        }
    }

    /** What is too long to be a key is not kept: strangers could fill the memory with it. */
    private Optional<Caller.Backend> backend(String credential) {
        return credential.length() > MAX_KEY_LENGTH ? Optional.empty() : backends.get(credential);
    }

    /** A backend that has called a moment ago. Waits for nothing. */
    public Optional<Caller> known(@Nullable String authorization) {
        return authorization != null && authorization.startsWith(SCHEME + SECRET_KEY_PREFIX)
                ? backends.known(authorization.substring(SCHEME.length())).map(Caller.class::cast)
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
