package dev.membership.domain.database;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A statement in the making: text and the values of its question marks, which never become text themselves. Values may
 * be texts, numbers, booleans, {@link Instant}s, byte arrays, collections of texts (a {@code text[]}) and null.
 */
public final class Sql {
    private final StringBuilder text = new StringBuilder();
    private final List<Object> parameters = new ArrayList<>();

    private Sql() {}

    /** Begins a statement, see {@link #add(String, Object...)}. */
    public static Sql of(String text, Object... parameters) {
        return new Sql().add(text, parameters);
    }

    /**
     * Adds to this statement and returns it.
     *
     * @param more SQL of our own; what a caller sent stands in {@code values} only
     * @param values one for each question mark in {@code more}, in their order
     */
    public Sql add(String more, Object... values) {
        text.append(more);
        Collections.addAll(parameters, values);
        return this;
    }

    /** Adds a copy of another statement's text and values to this one, and returns this one. */
    public Sql add(Sql more) {
        text.append(more.text);
        parameters.addAll(more.parameters);
        return this;
    }

    /** Whether nothing has been added to it. */
    public boolean isEmpty() {
        return text.isEmpty();
    }

    String text() {
        return text.toString();
    }

    List<Object> parameters() {
        return parameters;
    }
}
