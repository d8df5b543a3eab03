package dev.membership.service.support;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** A database of one test, empty at first, whose owner is an ordinary login: migrations get along without a superuser. */
public record OwnDatabase(String name) implements Consistency.Rows {
    public static OwnDatabase create() {
        return create("");
    }

    /** @param options of {@code CREATE DATABASE} */
    public static OwnDatabase create(String options) {
        String name = Instances.unique("own_");
        TestDatabase.execute(
                "CREATE ROLE " + name + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '" + name + "'");
        TestDatabase.execute("CREATE DATABASE " + name + " OWNER " + name + " " + options);
        return new OwnDatabase(name);
    }

    public String url() {
        return TestDatabase.server().getJdbcUrl(name, name);
    }

    @Override
    public List<Map<String, Object>> query(String sql, Object... parameters) {
        return TestDatabase.query(dataSource(), sql, parameters);
    }

    public long number(String sql, Object... parameters) {
        return ((Number) query(sql, parameters).getFirst().values().iterator().next()).longValue();
    }

    /** Changes the rows themselves, past the service. */
    public void execute(String sql) {
        try (Connection connection = dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /**
     * Changes what its owner may do as a login, and ends the connections that there are.
     *
     * @param to options of {@code ALTER ROLE}
     */
    public void changeLogin(String to) {
        TestDatabase.execute("ALTER ROLE " + name + " " + to);
        TestDatabase.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ?", name);
    }

    /** Statements that wait for a lock that another transaction holds. */
    public long waiting() {
        return number(TestDatabase.WAITING, name);
    }

    /** Holds up every change of an organization's members until it is closed. */
    public TestDatabase.Lock lockMembersOf(String organizationId) {
        return TestDatabase.lockMembersOf(dataSource(), organizationId);
    }

    /** Changes or locks something, and commits that when it is closed. */
    public TestDatabase.Lock changing(String sql) {
        return TestDatabase.changing(dataSource(), sql);
    }

    private DataSource dataSource() {
        EmbeddedPostgres server = TestDatabase.server();
        return server.getDatabase(name, name);
    }
}
