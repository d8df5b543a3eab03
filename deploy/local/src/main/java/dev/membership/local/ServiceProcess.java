package dev.membership.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The service as it is shipped, as a process of its own that is told everything by its environment. */
final class ServiceProcess {
    /** A little more than the service itself takes for calls that are under way. */
    private static final Duration GRACE = Duration.ofSeconds(40);

    private static final Duration READY_WITHIN = Duration.ofMinutes(3);

    private final Process process;
    private final int managementPort;

    private ServiceProcess(Process process, int managementPort) {
        this.process = process;
        this.managementPort = managementPort;
    }

    /** @param environment what it is told besides what this process was told */
    static ServiceProcess start(Settings settings, String mark, Map<String, String> environment) throws IOException {
        Path jar = settings.root().resolve("membership-service/target/quarkus-app/quarkus-run.jar");
        if (!Files.isRegularFile(jar)) {
            throw new LaunchException("The service is not built (" + jar + " is missing): use ./run, which builds it.");
        }
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        mark,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-jar",
                        jar.toString()))
                .inheritIO();
        // Somebody's own machine: what is tried on it is not offered to the network, unless that is asked for.
        builder.environment().putIfAbsent("MEMBERSHIP_HOST", "127.0.0.1");
        // Its log goes to a terminal.
        builder.environment().putIfAbsent("MEMBERSHIP_LOG_JSON", "false");
        builder.environment().putAll(environment);
        return new ServiceProcess(builder.start(), settings.managementPort());
    }

    /** What tells the services on this data folder from any other: it stands on their command line. */
    static String mark(DataFolder data) {
        return "-Dmembership.data=" + data.path() + "/";
    }

    /** Ends what a killed launcher left running: it holds the ports and has the database open. */
    static void stopOrphans(DataFolder data) {
        for (ProcessHandle orphan : data.orphans(mark(data))) {
            System.out.println("Stopping the service that an earlier run left behind (process " + orphan.pid() + ")");
            orphan.destroy();
            try {
                orphan.onExit().get(GRACE.toSeconds(), TimeUnit.SECONDS);
            } catch (Exception _) {
                orphan.destroyForcibly();
                orphan.onExit()
                        .orTimeout(5, TimeUnit.SECONDS)
                        .exceptionally(_ -> null)
                        .join();
            }
        }
    }

    static void refuseTakenPorts(Settings settings) {
        refuseTaken("MEMBERSHIP_HTTP_PORT", settings.httpPort());
        refuseTaken("MEMBERSHIP_GRPC_PORT", settings.grpcPort());
        refuseTaken("MEMBERSHIP_MANAGEMENT_PORT", settings.managementPort());
    }

    /** Returns when it takes calls; false if it ended before. */
    boolean awaitReady() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + managementPort + "/q/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (System.nanoTime() < deadline) {
                if (process.waitFor(200, TimeUnit.MILLISECONDS)) {
                    return false;
                }
                try {
                    if (client.send(request, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200) {
                        return true;
                    }
                } catch (IOException _) {
                    // not listening yet
                }
            }
        }
        throw new LaunchException(
                "The service is not ready after " + READY_WITHIN.toMinutes() + " minutes: its log above says why.");
    }

    int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Asks it to end, as an operating system does, and waits until it has finished its calls. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
            System.err.println("The service does not end within " + GRACE.toSeconds() + " s: killed");
            process.destroyForcibly().waitFor();
        }
    }

    private static void refuseTaken(String name, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
        } catch (IOException _) {
            return;
        }
        throw new LaunchException(
                "Port " + port + " is taken by another program: end it, or set " + name + " to a free port.");
    }
}
