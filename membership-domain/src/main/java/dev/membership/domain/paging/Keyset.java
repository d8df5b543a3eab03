package dev.membership.domain.paging;

import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One read of a list by keyset: the rows after (or before) the place where the last page ended, found by an index and not
 * by counting from the start. A row that stays is neither missed nor repeated while others come and go.
 */
public final class Keyset {
    /** How many rows, from the page's place on, a search looks through in their order before it turns to its index. */
    private static final int NEAR = 3_000;

    private final PageRequest request;
    private final Order order;
    private final String idColumn;
    private final @Nullable Position place;
    private final Function<Position, String> seal;

    Keyset(
            PageRequest request,
            Order order,
            String idColumn,
            @Nullable Position place,
            Function<Position, String> seal) {
        this.request = request;
        this.order = order;
        this.idColumn = idColumn;
        this.place = place;
        this.seal = seal;
    }

    /** A row's place in a list: its sort key, as text, and its id. */
    public record Position(String key, String id) {}

    /** A row and its place, as a statement that selects {@link #columns()} first returns it. */
    public record Placed<T>(T item, Position position) {}

    /** What the statement selects first, for {@link #placed}. */
    public String columns() {
        return order.column() + ", " + idColumn;
    }

    public <T> Row.Mapper<Placed<T>> placed(Row.Mapper<T> mapper) {
        return row -> {
            Position position = new Position(key(row), row.text());
            return new Placed<>(mapper.map(row), position);
        };
    }

    /** Adds " AND ..." for the rows beyond the place, to a statement that has a WHERE. */
    public Sql condition() {
        if (place == null) {
            return Sql.of("");
        }
        return Sql.of(
                " AND (" + order.column() + ", " + idColumn + ") " + (descending() ? "<" : ">") + " (?, ?)",
                value(place.key()),
                place.id());
    }

    /** The order alone, for the outside of a statement whose inside has {@link #orderAndLimit}. */
    public Sql order() {
        return Sql.of(" ORDER BY " + order.column() + direction() + ", " + idColumn + direction());
    }

    /** The order and the limit: one row more than the page has, to know whether there is a next one. */
    public Sql orderAndLimit() {
        return order().add(" LIMIT ?", request.size() + 1)
                .add(request.skip() > 0 ? Sql.of(" OFFSET ?", request.skip()) : Sql.of(""));
    }

    /** Makes the page out of the rows that the statement returned. */
    public <T> Page<T> page(List<Placed<T>> rows) {
        boolean more = rows.size() > request.size();
        List<Placed<T>> shown = more ? rows.subList(0, request.size()) : rows;
        List<Page.Entry<T>> entries = (request.backward() ? shown.reversed() : shown)
                .stream()
                        .map(row -> new Page.Entry<>(row.item(), seal, row.position()))
                        .toList();
        boolean beyond = place != null || request.skip() > 0;
        return request.backward() ? new Page<>(entries, beyond, more, null) : new Page<>(entries, more, beyond, null);
    }

    /** Reads the page, and counts the list if that is asked for, see {@link #read(Database, String, Sql, Sql, Row.Mapper)}. */
    public <T> Page<T> read(Database database, String columns, Sql list, Row.Mapper<T> mapper) {
        return read(database, columns, list, list, mapper);
    }

    /**
     * Reads the page by one statement, and counts the list by another if that is asked for.
     *
     * @param columns what the mapper reads
     * @param list " FROM ... WHERE ...": the whole list
     * @param counted the same rows, by what suffices to count them
     */
    public <T> Page<T> read(Database database, String columns, Sql list, Sql counted, Row.Mapper<T> mapper) {
        return read(database, select(columns).add(list).add(condition()).add(orderAndLimit()), counted, mapper);
    }

    /**
     * The same for those rows of a list that a search for a text finds. Many have a common text, so that the first rows in
     * order fill the page, while the search index would return all who have it, to be sorted; with a rare one it is the other
     * way round. So PostgreSQL turns to the index only where the first {@value #NEAR} rows do not fill the page.
     *
     * @param list " FROM ... WHERE ...": what is searched
     * @param table its table's name there
     * @param joins what else the columns come from, as it stands there
     * @param found the search's conditions, each with " AND " before it
     */
    public <T> Page<T> search(
            Database database, String columns, Sql list, String table, String joins, Sql found, Row.Mapper<T> mapper) {
        Sql matching = Sql.of("").add(list).add(found);
        Sql page = Sql.of("WITH near AS MATERIALIZED (")
                .add(select(columns).add(" FROM (SELECT " + table + ".*"))
                .add(list)
                .add(condition())
                .add(order())
                // As a parameter: PostgreSQL would plan for an average instance, and sort all of a large one.
                .add(" LIMIT ?) " + table + joins + " WHERE true", NEAR)
                .add(found)
                .add(orderAndLimit())
                .add(
                        ") SELECT * FROM near WHERE (SELECT count(*) > ? FROM near) UNION ALL SELECT * FROM (",
                        request.size())
                .add(select(columns).add(matching).add(condition()).add(orderAndLimit()))
                .add(") indexed WHERE (SELECT count(*) <= ? FROM near)", request.size())
                .add(" ORDER BY 1" + direction() + ", 2" + direction());
        return read(database, page, matching, mapper);
    }

    private Sql select(String columns) {
        return Sql.of("SELECT " + columns() + ", " + columns);
    }

    private <T> Page<T> read(Database database, Sql statement, Sql counted, Row.Mapper<T> mapper) {
        Page<T> page = page(database.list(statement, placed(mapper)));
        return request.total()
                ? page.withTotal(database.first(Sql.of("SELECT count(*)").add(counted), Row::number)
                        .orElseThrow())
                : page;
    }

    private String direction() {
        return descending() ? " DESC" : " ASC";
    }

    private boolean descending() {
        return order.descending() != request.backward();
    }

    private String key(Row row) throws SQLException {
        return switch (order.type()) {
            case TEXT -> row.text();
            case NUMBER -> Long.toString(row.number());
            case TIME -> Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, row.instant()));
        };
    }

    private Object value(String key) {
        return switch (order.type()) {
            case TEXT -> key;
            case NUMBER -> Long.parseLong(key);
            case TIME -> Instant.EPOCH.plus(Long.parseLong(key), ChronoUnit.MICROS);
        };
    }
}
