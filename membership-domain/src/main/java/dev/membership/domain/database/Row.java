package dev.membership.domain.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a row's columns one after another, in the order in which the statement names them. */
public final class Row {
    private final ResultSet results;
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

    public List<String> texts() throws SQLException {
        List<String> values = textsOrNull();
        return values == null ? List.of() : values;
    }

    public @Nullable List<String> textsOrNull() throws SQLException {
        var array = results.getArray(++column);
        return array == null ? null : List.of((String[]) array.getArray());
    }

    /** Passes over columns that this row has no use for. */
    public Row skip(int columns) {
        column += columns;
        return this;
    }
}
