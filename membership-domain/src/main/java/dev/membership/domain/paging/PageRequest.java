package dev.membership.domain.paging;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Which page of a list is wanted.
 *
 * @param size 1 to {@value #MAX_SIZE}
 * @param token a place in the list, from an earlier page; null: its beginning, or its end when reading backwards
 * @param backward whether the rows before the place are wanted rather than those after it
 * @param skip rows to pass over, instead of a token
 * @param total whether the whole list is to be counted
 */
public record PageRequest(int size, @Nullable String token, boolean backward, int skip, boolean total) {
    public static final int DEFAULT_SIZE = 10;
    public static final int MAX_SIZE = 500;

    /**
     * @param sizeParam the field's name on the door in question; likewise the others
     * @param size 0 or null: {@value #DEFAULT_SIZE}
     */
    public static PageRequest forward(
            String sizeParam,
            @Nullable Integer size,
            String tokenParam,
            @Nullable String token,
            int skip,
            boolean total) {
        if (skip < 0) {
            throw Refusal.field(ErrorCode.FORM_PARAM_VALUE_INVALID, "skip", "skip must be 0 or more.");
        }
        String place = blankToNull(token);
        if (skip > 0 && place != null) {
            throw Refusal.field(
                    ErrorCode.FORM_CONDITIONAL_PARAM_DISALLOWED, tokenParam, "Use a token or skip, not both.");
        }
        return new PageRequest(checkedSize(sizeParam, size), place, false, skip, total);
    }

    /** The rows before a place, or the last ones; in the list's own order all the same. */
    public static PageRequest backward(
            String sizeParam, @Nullable Integer size, @Nullable String token, boolean total) {
        return new PageRequest(checkedSize(sizeParam, size), blankToNull(token), true, 0, total);
    }

    private static int checkedSize(String param, @Nullable Integer size) {
        if (size == null || size == 0) {
            return DEFAULT_SIZE;
        }
        if (size < 0 || size > MAX_SIZE) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID, param, param + " must be between 1 and " + MAX_SIZE + ".");
        }
        return size;
    }

    private static @Nullable String blankToNull(@Nullable String token) {
        return token == null || token.isBlank() ? null : token;
    }
}
