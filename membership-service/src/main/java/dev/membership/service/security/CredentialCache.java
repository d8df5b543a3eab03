package dev.membership.service.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * What PostgreSQL says of credentials, kept for a while; also that it does not know one.
 *
 * <p>Not a LoadingCache: Caffeine inspects its loader by reflection, which a native executable lacks. Nor its own
 * {@code get(key, loader)}: calls with one credential would wait for each other while PostgreSQL is away.
 *
 * @param <V> whom a credential stands for
 */
final class CredentialCache<V> {
    private final Cache<String, Optional<V>> cache;
    private final Function<String, Optional<V>> database;
    /** How often credentials were changed: what was read before one is not kept after it. */
    private final AtomicInteger changes = new AtomicInteger();

    CredentialCache(Duration kept, int most, Function<String, Optional<V>> database) {
        this.cache =
                Caffeine.newBuilder().expireAfterWrite(kept).maximumSize(most).build();
        this.database = database;
    }

    /** What is known already; empty also where that is that there is nobody. Waits for nothing. */
    Optional<V> known(String credential) {
        Optional<V> known = cache.getIfPresent(credential);
        return known == null ? Optional.empty() : known;
    }

    Optional<V> get(String credential) {
        Optional<V> known = cache.getIfPresent(credential);
        if (known != null) {
            return known;
        }
        int seen = changes.get();
        Optional<V> found = database.apply(credential);
        cache.put(credential, found);
        if (changes.get() != seen) {
            cache.invalidate(credential);
        }
        return found;
    }

    void forgetAll() {
        changes.incrementAndGet();
        cache.invalidateAll();
    }
}
