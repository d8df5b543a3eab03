package dev.membership.domain.database;

import java.util.Locale;

/** Patterns for LIKE: a caller's text means itself, percent signs and underscores included. */
public final class Like {
    private Like() {}

    /** Matches lower-case text that contains the given one. */
    public static String containing(String text) {
        return "%"
                + text.toLowerCase(Locale.ROOT)
                        .replace("\\", "\\\\")
                        .replace("%", "\\%")
                        .replace("_", "\\_") + "%";
    }
}
