package dev.membership.service.support;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A real PostgreSQL for the whole test run, counting statements. The application under test gets its addresses from here,
 * whether it runs inside the test or as the packaged jar or executable.
 */
public class TestDatabase implements QuarkusTestResourceLifecycleManager {
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(10_000, 28_000));

    private static volatile EmbeddedPostgres postgres;

    @Override
    public Map<String, String> start() {
        GrpcDoor.usePort(freePort());
        Management.usePort(freePort());
        String grpc = Integer.toString(GrpcDoor.port());
        String management = Integer.toString(Management.port());
        String url = server().getJdbcUrl("postgres", "postgres");
        return Map.of(
                "quarkus.grpc.server.test-port",
                grpc,
                // The packaged application knows no test ports.
                "quarkus.grpc.server.port",
                grpc,
                "quarkus.management.test-port",
                management,
                "quarkus.management.port",
                management,
                "quarkus.datasource.jdbc.url",
                url,
                "quarkus.datasource.username",
                "postgres",
                "quarkus.datasource.password",
                "postgres",
                "membership.security.operator-token",
                Instances.OPERATOR_TOKEN);
    }

    @Override
    public void stop() {
        // It ends with the test run: other tests of the run use it too.
    }

    /**
     * Another each time: a service listens on several. Below those that the system gives to outgoing connections, of which one
     * could have it before the service has begun to listen.
     */
    static int freePort() {
        while (true) {
            int port = NEXT_PORT.getAndIncrement();
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // another one, then
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    static synchronized EmbeddedPostgres server() {
        if (postgres == null) {
            try {
                postgres = EmbeddedPostgres.builder()
                        .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                        .setServerConfig("pg_stat_statements.track", "top")
                        .setServerConfig("max_connections", "100")
                        .setLocaleConfig("encoding", "UTF8")
                        .setLocaleConfig("locale", "C")
                        .setLocaleConfig("lc-ctype", "C.UTF-8")
                        .setLocaleConfig("locale-provider", "builtin")
                        .setLocaleConfig("builtin-locale", "C.UTF-8")
                        .start();
                execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        return postgres;
    }

    /** Looks at the rows themselves, past the service. */
    public static List<Map<String, Object>> query(String sql, Object... parameters) {
        return query(server().getPostgresDatabase(), sql, parameters);
    }

    static List<Map<String, Object>> query(DataSource database, String sql, Object... parameters) {
        try (Connection connection = database.getConnection();
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet results = statement.executeQuery()) {
                List<Map<String, Object>> rows = new ArrayList<>();
                while (results.next()) {
                    Map<String, Object> row = new LinkedHashMap<>();
                    for (int i = 1; i <= results.getMetaData().getColumnCount(); i++) {
                        row.put(results.getMetaData().getColumnLabel(i), results.getObject(i));
                    }
                    rows.add(row);
                }
                return rows;
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    public static long number(String sql, Object... parameters) {
        return ((Number) query(sql, parameters).getFirst().values().iterator().next()).longValue();
    }

    /** Statements of a database that wait for a lock that another transaction holds. */
    static final String WAITING =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = ? AND wait_event_type = 'Lock'";

    public static long waiting() {
        return number(WAITING, "postgres");
    }

    /** Holds up every change of an organization's members until it is closed. */
    public static Lock lockMembersOf(String organizationId) {
        return lockMembersOf(server().getPostgresDatabase(), organizationId);
    }

    static Lock lockMembersOf(DataSource database, String organizationId) {
        return changing(
                database, "SELECT 1 FROM organization_counter WHERE organization_id = ? FOR UPDATE", organizationId);
    }

    /** Changes rows, and commits that when it is closed. */
    public static Lock changing(String sql, Object... parameters) {
        return changing(server().getPostgresDatabase(), sql, parameters);
    }

    static Lock changing(DataSource database, String sql, Object... parameters) {
        try {
            Connection connection = database.getConnection();
            connection.setAutoCommit(false);
            try (var statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < parameters.length; i++) {
                    statement.setObject(i + 1, parameters[i]);
                }
                statement.execute();
            }
            return () -> {
                try (connection) {
                    connection.commit();
                } catch (SQLException failure) {
                    throw new IllegalStateException(failure);
                }
            };
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A row lock that a test holds. */
    @FunctionalInterface
    public interface Lock extends AutoCloseable {
        @Override
        void close();
    }

    public static void execute(String sql) {
        try (Connection connection = server().getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
