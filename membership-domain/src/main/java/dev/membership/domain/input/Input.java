package dev.membership.domain.input;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules for values that come from outside, each naming the field it refuses. Fields are named as in the gRPC
 * contract, in snake case, on both doors.
 */
public final class Input {
    private static final int ID_LENGTH = 255;
    private static final int FILTER_VALUES = 100;
    private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@]+\\.[^\\s@]+");
    private static final Pattern PHONE = Pattern.compile("\\+[1-9][0-9]{3,14}");

    private static final Instant EARLIEST = Instant.parse("1583-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private Input() {}

    /** A text that must be there, trimmed, of at most so many Unicode characters. */
    public static String required(String param, @Nullable String value, int maxLength) {
        String text = optional(param, value, maxLength);
        if (text == null) {
            throw Refusal.field(ErrorCode.FORM_PARAM_MISSING, param, param + " is required.");
        }
        return text;
    }

    /** A text that may be missing, trimmed, of at most so many Unicode characters; blank is missing. */
    public static @Nullable String optional(String param, @Nullable String value, int maxLength) {
        if (value == null || value.isBlank()) {
            return null;
        }
        String text = storable(param, value.strip());
        if (text.codePointCount(0, text.length()) > maxLength) {
            throw Refusal.fieldLimit(
                    ErrorCode.FORM_PARAM_MAX_LENGTH_EXCEEDED,
                    param,
                    maxLength,
                    param + " has more than " + maxLength + " characters.");
        }
        return text;
    }

    /** An id or key that refers to something; only its presence and length are asked, since the database knows the rest. */
    public static String reference(String param, @Nullable String value) {
        return required(param, value, ID_LENGTH);
    }

    public static @Nullable String email(String param, @Nullable String value) {
        String text = optional(param, value, 254);
        return text == null ? null : matching(param, text, EMAIL, "an e-mail address");
    }

    /** E.164: a plus sign and up to 15 digits. */
    public static @Nullable String phone(String param, @Nullable String value) {
        String text = optional(param, value, 16);
        return text == null ? null : matching(param, text, PHONE, "a phone number such as +15551234567");
    }

    public static String matching(String param, String text, Pattern pattern, String what) {
        if (!pattern.matcher(text).matches()) {
            throw Refusal.field(ErrorCode.FORM_PARAM_FORMAT_INVALID, param, param + " must be " + what + ".");
        }
        return text;
    }

    public static int atLeast(String param, int value, int least) {
        if (value < least) {
            throw Refusal.field(ErrorCode.FORM_PARAM_VALUE_INVALID, param, param + " must be " + least + " or more.");
        }
        return value;
    }

    /** A time of the years 1583 to 9999: Protobuf's timestamps know none after them, and calendars differ on those before. */
    public static @Nullable Instant time(String param, @Nullable Instant value) {
        if (value != null && (value.isBefore(EARLIEST) || value.isAfter(LATEST))) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID, param, param + " must be a time of the years 1583 to 9999.");
        }
        return value;
    }

    /** The time a resource was created elsewhere, or now; kept in microseconds, as PostgreSQL does. */
    public static Instant createdAt(@Nullable Instant value, Instant now) {
        time("created_at", value);
        if (value != null && value.isAfter(now)) {
            throw Refusal.field(
                    ErrorCode.FORM_DISALLOW_FUTURE_DATE, "created_at", "created_at must not lie in the future.");
        }
        return value == null ? now : value.truncatedTo(ChronoUnit.MICROS);
    }

    public static Instant now(Clock clock) {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** A filter's values: at most 100. */
    public static List<String> filterValues(String param, Collection<String> values) {
        if (values.size() > FILTER_VALUES) {
            throw Refusal.fieldLimit(
                    ErrorCode.FORM_PARAM_ARRAY_SIZE_EXCEEDED,
                    param,
                    FILTER_VALUES,
                    param + " has more than " + FILTER_VALUES + " values.");
        }
        return values.stream().map(value -> reference(param, value)).toList();
    }

    /** The items of a batch: at least one, at most {@code max}. */
    public static <T> List<T> batch(String param, Collection<T> items, int max) {
        if (items.isEmpty()) {
            throw Refusal.field(ErrorCode.FORM_PARAM_MISSING, param, param + " is empty.");
        }
        if (items.size() > max) {
            throw Refusal.fieldLimit(
                    ErrorCode.BULK_SIZE_EXCEEDED, param, max, param + " has more than " + max + " items.");
        }
        return List.copyOf(items);
    }

    /**
     * Reads what the items of a batch refer to.
     *
     * @param reference checks an item, and trims it as {@link #reference} does
     * @return what was found, by the items as they were given and in their order
     */
    public static <K, V> Map<K, V> batch(
            String param, Collection<K> items, int max, UnaryOperator<K> reference, Function<List<K>, Map<K, V>> read) {
        List<K> given = batch(param, items, max);
        List<K> references = given.stream().map(reference).toList();
        Map<K, V> found = read.apply(references);
        Map<K, V> answer = new LinkedHashMap<>();
        for (int i = 0; i < given.size(); i++) {
            if (found.containsKey(references.get(i))) {
                answer.put(given.get(i), found.get(references.get(i)));
            }
        }
        return answer;
    }

    public static <T> List<T> distinct(String param, List<T> items) {
        if (new HashSet<>(items).size() < items.size()) {
            throw Refusal.field(ErrorCode.FORM_PARAM_DUPLICATE, param, param + " names the same thing twice.");
        }
        return items;
    }

    /** What only a backend may send: refused from anyone else, as if there were no such field. */
    public static void backendOnly(boolean backend, String param, boolean present) {
        if (present && !backend) {
            throw Refusal.field(ErrorCode.FORM_PARAM_UNKNOWN, param, param + " is for secret keys only.");
        }
    }

    /** Refuses what PostgreSQL cannot keep: the NUL character, and surrogates that stand alone. */
    public static String storable(String param, String text) {
        if (!isStorable(text)) {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_VALUE_INVALID, param, param + " contains characters that are not text.");
        }
        return text;
    }

    /** Whether PostgreSQL can keep a text, and be asked for it: see {@link #storable}. */
    public static boolean isStorable(String text) {
        return text.indexOf('\0') < 0 && isWellFormed(text);
    }

    private static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return StandardCharsets.UTF_8.newEncoder().canEncode(text); // too dear to be made for each id
            }
        }
        return true;
    }
}
