package dev.membership.domain.database;

import java.util.List;

/**
 * Compares texts of callers with columns that hold lower-case text. PostgreSQL has made that, so it makes that of the
 * caller's text too: which letter is another one's lower case is not the same in Java.
 */
public final class IgnoringCase {
    private static final int TRIGRAM_LENGTH = 3;

    private IgnoringCase() {}

    /** In SQL, whether the column contains the text, which means itself, percent signs and underscores included. */
    public static Sql contains(String column, String text) {
        // A subquery, because it is run once for a statement and not for each row.
        return Sql.of(
                column + " LIKE (SELECT lower(?))",
                "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%");
    }

    /**
     * In SQL, whether a column that has an index of trigrams contains the text. Of a text without a trigram that index would
     * return every row, in no order, so it is kept out.
     */
    public static Sql search(String column, String text) {
        return contains(hasTrigram(text) ? column : column + " || ''", text);
    }

    /** Whether an index of trigrams narrows a search for the text: one with fewer than three letters and digits has none to look up. */
    public static boolean hasTrigram(String text) {
        return text.codePoints().filter(Character::isLetterOrDigit).count() >= TRIGRAM_LENGTH;
    }

    /** In SQL, whether the column is one of the texts. */
    public static Sql isOneOf(String column, List<String> texts) {
        return Sql.of(column + " = ANY (ARRAY(SELECT lower(text) FROM unnest(?) AS text))", texts);
    }
}
