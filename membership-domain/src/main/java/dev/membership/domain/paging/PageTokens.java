package dev.membership.domain.paging;

import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.operation.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals places in lists into tokens and opens them again. A token carries no authority; the seal (HMAC-SHA-256, under a
 * key that all processes of an installation share) covers the list it was made for, so that one which was made up, or
 * comes from another instance, filter or order, is refused instead of silently showing the wrong rows.
 */
@ApplicationScoped
public class PageTokens {
    private static final byte VERSION = 1;
    private static final int SEAL_BYTES = 16;
    private static final String ALGORITHM = "HmacSHA256";

    private final Database database;
    private volatile @Nullable SecretKeySpec key;

    PageTokens(Database database) {
        this.database = database;
    }

    /**
     * Begins a read of a list.
     *
     * @param list everything that makes the list this one: operation, instance, parent, filter. As JSON, in which other
     *     parts are another text
     * @param tokenParam name of the token's field on the door in question
     */
    public Keyset keyset(PageRequest request, Order order, String idColumn, Object list, String tokenParam) {
        String query = Json.writeGiven(list) + "|" + order.name() + (order.descending() ? "-" : "+");
        Keyset.Position place = request.token() == null ? null : open(request.token(), query, tokenParam);
        return new Keyset(request, order, idColumn, place, position -> seal(position, query));
    }

    private String seal(Keyset.Position position, String query) {
        byte[] body = (position.id() + "\n" + position.key()).getBytes(StandardCharsets.UTF_8);
        byte[] token = ByteBuffer.allocate(1 + SEAL_BYTES + body.length)
                .put(VERSION)
                .put(mac(query, body))
                .put(body)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    private Keyset.Position open(String token, String query, String param) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException notBase64) {
            throw refused(param);
        }
        if (bytes.length <= 1 + SEAL_BYTES || bytes[0] != VERSION) {
            throw refused(param);
        }
        byte[] body = Arrays.copyOfRange(bytes, 1 + SEAL_BYTES, bytes.length);
        if (!MessageDigest.isEqual(Arrays.copyOfRange(bytes, 1, 1 + SEAL_BYTES), mac(query, body))) {
            throw refused(param);
        }
        String[] parts = new String(body, StandardCharsets.UTF_8).split("\n", 2);
        return new Keyset.Position(parts[1], parts[0]);
    }

    private static Refusal refused(String param) {
        return Refusal.field(
                ErrorCode.FORM_PARAM_VALUE_INVALID,
                param,
                param + " is not a token of this list: it was made for other arguments, or was changed.");
    }

    private byte[] mac(String query, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key());
            mac.update(query.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return Arrays.copyOf(mac.doFinal(body), SEAL_BYTES);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private SecretKeySpec key() {
        SecretKeySpec present = key;
        if (present == null) {
            present = database.first(Sql.of("SELECT page_token_key FROM installation"), Row::bytes)
                    .map(bytes -> new SecretKeySpec(bytes, ALGORITHM))
                    .orElseThrow();
            key = present;
        }
        return present;
    }
}
