package dev.membership.domain.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a row's columns one after another, in the order in which the statement names them. */
public final class Row {
    private final ResultSet results;
    private final Map<Class<?>, Map<String, Object>> repeated = new HashMap<>();
    private int column;

    Row(ResultSet results) {
        this.results = results;
    }

    /** Makes one value out of a row; reads every column the statement selects for it, in order. */
    @FunctionalInterface
    public interface Mapper<T> {
        T map(Row row) throws SQLException;
    }

    boolean next() throws SQLException {
        column = 0;
        return results.next();
    }

    public String text() throws SQLException {
        return results.getString(++column);
    }

    public @Nullable String textOrNull() throws SQLException {
        return results.getString(++column);
    }

    public int integer() throws SQLException {
        return results.getInt(++column);
    }

    public @Nullable Integer integerOrNull() throws SQLException {
        int value = results.getInt(++column);
        return results.wasNull() ? null : value;
    }

    public long number() throws SQLException {
        return results.getLong(++column);
    }

    public boolean flag() throws SQLException {
        return results.getBoolean(++column);
    }

    public byte[] bytes() throws SQLException {
        return results.getBytes(++column);
    }

    public Instant instant() throws SQLException {
        return results.getObject(++column, OffsetDateTime.class).toInstant();
    }

    public @Nullable Instant instantOrNull() throws SQLException {
        OffsetDateTime value = results.getObject(++column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    /** An array of texts; empty also where there is none. */
    public List<String> texts() throws SQLException {
        var array = results.getArray(++column);
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    /**
     * Reads a value that repeats over many rows and starts with its id, such as the organization of its members: maps it
     * once for each id; later rows return the same object.
     *
     * @param columns how many the mapper reads
     */
    public <T> T repeated(Class<T> type, int columns, Mapper<T> mapper) throws SQLException {
        String id = results.getString(column + 1);
        if (id == null) {
            return mapper.map(this);
        }
        Map<String, Object> known = repeated.computeIfAbsent(type, any -> new HashMap<>());
        T value = type.cast(known.get(id));
        if (value == null) {
            value = mapper.map(this);
            known.put(id, value);
        } else {
            skip(columns);
        }
        return value;
    }

    /** Passes over columns that this row has no use for. */
    public Row skip(int columns) {
        column += columns;
        return this;
    }
}
