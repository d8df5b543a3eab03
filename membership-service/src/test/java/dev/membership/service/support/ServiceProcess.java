package dev.membership.service.support;

import static io.restassured.RestAssured.given;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.regex.Pattern;

/**
 * The service as it is shipped, in a process of its own, so that it can be killed: the native executable where that was
 * built, otherwise the jar.
 */
public final class ServiceProcess implements AutoCloseable {
    private static final String MOST_MEMORY = "-Xmx256m";
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    private final Process process;
    private final Path log;
    private final int httpPort;
    private final int managementPort;
    private final GrpcDoor grpc;
    private final HttpClient http = HttpClient.newHttpClient();

    private ServiceProcess(Process process, Path log, int httpPort, int grpcPort, int managementPort) {
        this.process = process;
        this.log = log;
        this.httpPort = httpPort;
        this.managementPort = managementPort;
        this.grpc = new GrpcDoor(grpcPort);
    }

    /**
     * Starts it on free ports and returns when it takes calls.
     *
     * @param settings environment variables besides those of ports and database; an empty one is not set at all
     */
    public static ServiceProcess start(OwnDatabase database, Map<String, String> settings) {
        try {
            Path log = newLog();
            var started = launch(database, settings, log);
            Runtime.getRuntime().addShutdownHook(new Thread(started.process::destroyForcibly));
            Eventually.until("the service is ready, see " + log, () -> {
                if (!started.process.isAlive()) {
                    throw new AssertionError("the service ended instead of starting, see " + log);
                }
                return started.isReady();
            });
            return started;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Has it run until it ends by itself, because it is told to do no more than start, or because it cannot.
     *
     * @return its exit status and what it printed
     */
    public static Ended runToEnd(OwnDatabase database, Map<String, String> settings) {
        try {
            try (var process = launch(database, settings, newLog())) {
                return new Ended(process.awaitEnd(), process.log());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** How a process came to its end. */
    public record Ended(int status, String output) {}

    private static Path newLog() throws IOException {
        return Files.createTempFile(Path.of("target"), "service-process-", ".log");
    }

    private static ServiceProcess launch(OwnDatabase database, Map<String, String> settings, Path log)
            throws IOException {
        int httpPort = TestDatabase.freePort();
        int grpcPort = TestDatabase.freePort();
        int managementPort = TestDatabase.freePort();
        ProcessBuilder builder =
                new ProcessBuilder(command()).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "MEMBERSHIP_HOST", "127.0.0.1",
                        "MEMBERSHIP_HTTP_PORT", Integer.toString(httpPort),
                        "MEMBERSHIP_GRPC_PORT", Integer.toString(grpcPort),
                        "MEMBERSHIP_MANAGEMENT_PORT", Integer.toString(managementPort),
                        "MEMBERSHIP_DB_URL", database.url(),
                        "MEMBERSHIP_DB_USER", database.name(),
                        "MEMBERSHIP_DB_PASSWORD", database.name(),
                        "MEMBERSHIP_OPERATOR_TOKEN", Instances.OPERATOR_TOKEN,
                        "MEMBERSHIP_LOG_JSON", "false"));
        builder.environment().putAll(settings);
        builder.environment().values().removeIf(String::isEmpty);
        return new ServiceProcess(builder.start(), log, httpPort, grpcPort, managementPort);
    }

    /** Whether it is the native executable that starts. */
    public static boolean isNative() {
        return Files.isExecutable(executable());
    }

    private static Path executable() {
        return Path.of(System.getProperty("native.image.path", "none"));
    }

    private static List<String> command() {
        if (isNative()) {
            return List.of(executable().toString(), MOST_MEMORY);
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                MOST_MEMORY,
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Path.of("target", "quarkus-app", "quarkus-run.jar").toString());
    }

    public GrpcDoor grpc() {
        return grpc;
    }

    public Instances instances() {
        return new Instances(grpc);
    }

    public int httpPort() {
        return httpPort;
    }

    public long pid() {
        return process.pid();
    }

    /** What it has printed so far. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public boolean isReady() {
        return status(managementPort, "/q/health/ready") == 200;
    }

    /** What it tells of itself on its management port. */
    public String metrics() {
        return given().port(managementPort).get("/q/metrics").asString();
    }

    /** The sum of the metrics whose names and tags are like this regular expression. */
    public double metric(String series) {
        return Pattern.compile("(?m)^" + series + " (\\S+)")
                .matcher(metrics())
                .results()
                .mapToDouble(line -> Double.parseDouble(line.group(1)))
                .sum();
    }

    /** @return the status; 0: nobody listens, or nobody answers */
    public int httpStatus(String path) {
        return status(httpPort, path);
    }

    private int status(int port, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(REQUEST_TIMEOUT)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException absent) {
            return 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until it has ended by itself. */
    public int awaitEnd() {
        try {
            if (!process.waitFor(ENDS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the service has not ended within " + ENDS_WITHIN.toSeconds() + " s");
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        grpc.channel().shutdownNow();
        http.shutdownNow();
        process.destroyForcibly();
        awaitEnd();
    }
}
