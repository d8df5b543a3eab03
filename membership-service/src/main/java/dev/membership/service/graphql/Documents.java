package dev.membership.service.graphql;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which documents can be read. The framework finds out too, but tells nobody a code and where the mistake is, and is busy for
 * seconds with a number of very many digits.
 */
final class Documents {
    /** As in JSON; no type of the schema has numbers nearly as long. */
    private static final int MOST_DIGITS = StreamReadConstraints.DEFAULT_MAX_NUM_LEN;

    private static final Pattern NUMBER_TOO_LONG = Pattern.compile("(?<![0-9])[0-9]{" + (MOST_DIGITS + 1) + "}");
    /** Far more than a document can use whose operations have as many fields as they may. */
    private static final int MOST_SELECTIONS = 2_000;

    private static final int LONGEST_KEPT = 10_000;
    private static final int KEPT = 500;
    private static final Duration KEPT_FOR = Duration.ofHours(1);

    private final Cache<String, Boolean> readable =
            Caffeine.newBuilder().maximumSize(KEPT).expireAfterWrite(KEPT_FOR).build();

    /**
     * @throws Refusal {@code request_body_invalid}, with the line and column where reading ends; {@code request_body_too_large}
     *     for what the framework would take too long to validate
     */
    void requireReadable(String document) {
        if (readable.getIfPresent(document) != null) {
            return;
        }
        if (NUMBER_TOO_LONG.matcher(document).find()) {
            throw invalid("The document has a number of more than " + MOST_DIGITS + " digits.");
        }
        try {
            if (Selections.of(Parser.parse(document)) > MOST_SELECTIONS) {
                throw new Refusal(
                        ErrorCode.REQUEST_BODY_TOO_LARGE,
                        "The document has more than " + MOST_SELECTIONS
                                + " fields and fragments, those of a fragment each time that it is used.",
                        Map.of());
            }
        } catch (InvalidSyntaxException unreadable) {
            throw invalid("The document cannot be read: " + unreadable.getMessage());
        }
        if (document.length() <= LONGEST_KEPT) {
            readable.put(document, true);
        }
    }

    private static Refusal invalid(String message) {
        return new Refusal(ErrorCode.REQUEST_BODY_INVALID, message, Map.of());
    }
}
