package dev.membership.domain.organization;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.input.Input;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The readable name in an organization's address: 1 to 64 of {@code [a-z0-9-]}, unique in its instance. */
final class Slug {
    private static final int MAX_LENGTH = 64;
    private static final int SUFFIX_LENGTH = 6;
    private static final Pattern FORM = Pattern.compile("[a-z0-9-]+");

    private Slug() {}

    static @Nullable String parse(@Nullable String given) {
        String slug = Input.optional("slug", given, MAX_LENGTH);
        return slug == null
                ? null
                : Input.matching("slug", slug, FORM, "lower-case letters, digits and hyphens, such as acme-inc");
    }

    static String required(@Nullable String given) {
        String slug = parse(given);
        if (slug == null) {
            throw Refusal.field(ErrorCode.FORM_PARAM_VALUE_INVALID, "slug", "slug cannot be removed.");
        }
        return slug;
    }

    /**
     * Of a name: lower case, accents dropped, runs of anything else to one hyphen.
     *
     * @param newId without a letter in the name there is nothing else to make one of
     */
    static String from(String name, String newId) {
        String slug = Normalizer.normalize(name, Normalizer.Form.NFD)
                .replaceAll("\\p{M}+", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        return slug.isEmpty() ? distinct("organization", newId) : cut(slug, MAX_LENGTH);
    }

    /** The same with an end of its own, which comes from the random part of an id that was just made. */
    static String distinct(String slug, String newId) {
        String suffix = newId.substring(newId.length() - SUFFIX_LENGTH).toLowerCase(Locale.ROOT);
        return cut(slug, MAX_LENGTH - SUFFIX_LENGTH - 1) + "-" + suffix;
    }

    private static String cut(String slug, int length) {
        return slug.length() <= length ? slug : slug.substring(0, length).replaceAll("-$", "");
    }
}
