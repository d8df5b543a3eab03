package dev.membership.domain.database;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A resource's version as callers see it: a text to be sent back, not to be read. The time is in it because versions begin
 * anew where a resource is deleted and another is made under the id that its maker brought.
 */
public final class Etag {
    private Etag() {}

    public static String of(long version, Instant updatedAt) {
        return "v" + version + "-"
                + Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, updatedAt), Character.MAX_RADIX);
    }

    /** @throws Refusal {@code conflict} when an etag was sent and the resource has another by now */
    public static void require(@Nullable String etag, String present) {
        if (etag != null && !etag.isBlank() && !etag.strip().equals(present)) {
            throw new Refusal(ErrorCode.CONFLICT);
        }
    }
}
