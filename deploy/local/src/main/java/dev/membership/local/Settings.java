package dev.membership.local;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What can be set from the environment, under the names that the service itself uses. */
record Settings(
        Path root,
        Path data,
        Optional<String> databaseUrl,
        int httpPort,
        int grpcPort,
        int managementPort,
        Optional<String> operatorToken,
        boolean demo) {

    /** The database's address is the user's own: nothing is embedded then, and nothing is put into it. */
    boolean embedded() {
        return databaseUrl.isEmpty();
    }

    static Settings read(Map<String, String> environment, Path root) {
        String data = environment.getOrDefault("MEMBERSHIP_DATA", "");
        return new Settings(
                root,
                data.isBlank() ? root.resolve(".data") : Path.of(data).toAbsolutePath(),
                text(environment, "MEMBERSHIP_DB_URL"),
                port(environment, "MEMBERSHIP_HTTP_PORT", 8080),
                port(environment, "MEMBERSHIP_GRPC_PORT", 9090),
                port(environment, "MEMBERSHIP_MANAGEMENT_PORT", 9000),
                text(environment, "MEMBERSHIP_OPERATOR_TOKEN"),
                !"false".equalsIgnoreCase(environment.get("MEMBERSHIP_DEMO")));
    }

    private static Optional<String> text(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static int port(Map<String, String> environment, String name, int otherwise) {
        String value = text(environment, name).orElse(Integer.toString(otherwise));
        try {
            int port = Integer.parseInt(value.strip());
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException _) {
            // answered below, as a number out of range is
        }
        throw new LaunchException(name + " is not a port: " + value);
    }
}
