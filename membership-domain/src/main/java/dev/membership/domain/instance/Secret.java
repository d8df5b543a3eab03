package dev.membership.domain.instance;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** A secret key's text, of which only the hash is kept. */
record Secret(String text) {
    private static final String PREFIX = "sk_";
    private static final int HINT_LENGTH = 4;

    static Secret of(byte[] random) {
        return new Secret(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }

    String hint() {
        return text.substring(text.length() - HINT_LENGTH);
    }

    byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Never the secret itself: what is printed may end in a log. */
    @Override
    public String toString() {
        return PREFIX + "...";
    }
}
