package dev.membership.local;

import java.security.SecureRandom;
import java.util.Base64;

/** Random texts that nobody guesses. */
final class Secrets {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Secrets() {}

    /** 192 bits, of letters, digits, hyphens and underscores. */
    static String random() {
        byte[] bytes = new byte[24];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
