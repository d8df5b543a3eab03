package dev.membership.domain.database;

import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Runs plain SQL, for frequent or long reads and for locks. Inside a transaction it uses its connection; outside, each
 * statement commits by itself.
 *
 * <p>Nothing here adds the instance to a statement: each statement names it itself.
 */
@ApplicationScoped
public class Database {
    private final AgroalDataSource dataSource;

    Database(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Runs a query and maps all its rows, in their order.
     *
     * @throws DatabaseException for whatever PostgreSQL or the connection to it fails with
     */
    public <T> List<T> list(Sql sql, Row.Mapper<T> mapper) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = prepare(connection, sql);
                var results = statement.executeQuery()) {
            List<T> values = new ArrayList<>();
            Row row = new Row(results);
            while (row.next()) {
                values.add(mapper.map(row));
            }
            return values;
        } catch (SQLException failure) {
            throw new DatabaseException(failure);
        }
    }

    /** Maps the first row, see {@link #list}. The others are read too: it is for statements that return at most one. */
    public <T> Optional<T> first(Sql sql, Row.Mapper<T> mapper) {
        return list(sql, mapper).stream().findFirst();
    }

    /** Runs a statement that returns no rows and says how many it wrote. */
    public int execute(Sql sql) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = prepare(connection, sql)) {
            return statement.executeUpdate();
        } catch (SQLException failure) {
            throw new DatabaseException(failure);
        }
    }

    private static PreparedStatement prepare(Connection connection, Sql sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql.text());
        int index = 0;
        for (Object value : sql.parameters()) {
            index++;
            switch (value) {
                case Instant instant -> statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
                // The driver sends an array in PostgreSQL's own form only where its class is that of its elements.
                case Collection<?> texts ->
                    statement.setArray(index, connection.createArrayOf("text", texts.toArray(String[]::new)));
                case null, default -> statement.setObject(index, value);
            }
        }
        return statement;
    }
}
