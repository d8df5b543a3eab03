package dev.membership.local;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Starts everything in its order and ends it in the opposite one: on Ctrl-C, on SIGTERM, and when the service or the
 * database ends by itself. It only starts and stops: the service is the one that is shipped.
 */
public final class Launcher {
    private final Settings settings;
    private final Map<String, String> told = new HashMap<>();
    private DataFolder data;
    private LocalPostgres postgres;
    private ServiceProcess service;
    private DemoIssuer issuer;
    private boolean closing;

    private Launcher(Settings settings) {
        this.settings = settings;
    }

    /** Runs until the service ends, and ends as it did. */
    public static void main(String[] arguments) {
        int exitCode;
        try {
            Path root = Path.of(System.getProperty("membership.root", ".")).toAbsolutePath();
            Launcher launcher = new Launcher(Settings.read(System.getenv(), root));
            Runtime.getRuntime().addShutdownHook(new Thread(launcher::close, "shutdown"));
            exitCode = launcher.run();
        } catch (LaunchException e) {
            System.err.println(e.getMessage());
            exitCode = 1;
        } catch (StatusRuntimeException e) {
            System.err.println(
                    "The demo instance could not be made (MEMBERSHIP_DEMO=false does without): " + e.getStatus());
            exitCode = 1;
        } catch (IOException e) {
            System.err.println("The start failed: " + e);
            exitCode = 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exitCode = 1;
        }
        System.exit(exitCode);
    }

    private int run() throws IOException, InterruptedException {
        data = DataFolder.open(settings.data());
        ServiceProcess.stopOrphans(data);
        ServiceProcess.refuseTakenPorts(settings);
        if (settings.embedded()) {
            startDatabase();
        }
        startService();
        if (!service.awaitReady()) {
            return service.await();
        }
        StringBuilder welcome = new StringBuilder(Welcome.addresses(settings));
        if (settings.embedded()) {
            welcome.append(Welcome.database(postgres));
            if (settings.demo()) {
                welcome.append(prepareDemo());
            }
        }
        System.out.println(welcome);
        return service.await();
    }

    private synchronized void startDatabase() throws IOException {
        refuseWhileClosing();
        postgres = new LocalPostgres(data);
        postgres.start();
        told.put("MEMBERSHIP_DB_URL", postgres.url());
        told.put("MEMBERSHIP_DB_USER", LocalPostgres.USER);
        told.put("MEMBERSHIP_DB_PASSWORD", postgres.password());
        // The demo is made by an operator, so there has to be one.
        told.put("MEMBERSHIP_OPERATOR_TOKEN", settings.operatorToken().orElseGet(Secrets::random));
    }

    private synchronized void startService() throws IOException {
        refuseWhileClosing();
        service = ServiceProcess.start(settings, ServiceProcess.mark(data), told);
        if (postgres != null) {
            // A service without its database only fails its callers.
            postgres.running().ifPresent(database -> database.onExit().thenRun(this::databaseEnded));
        }
    }

    private String prepareDemo() throws IOException, InterruptedException {
        DemoState state = DemoState.load(data.resolve("demo.json"));
        synchronized (this) {
            refuseWhileClosing();
            issuer = DemoIssuer.start(data.resolve("demo-issuer.json"));
        }
        try (ServiceClient client = new ServiceClient(settings.grpcPort())) {
            new DemoInstance(client, state, issuer, told.get("MEMBERSHIP_OPERATOR_TOKEN")).ensure();
        }
        return Welcome.demo(settings, state, issuer);
    }

    private void databaseEnded() {
        synchronized (this) {
            if (closing) {
                return;
            }
        }
        System.err.println("PostgreSQL ended by itself; its log: " + data.resolve("postgres/postgres.log"));
        System.exit(1);
    }

    /** A signal may come at any time: what is just being started is started first, so that nothing escapes. */
    private synchronized void close() {
        closing = true;
        try {
            if (service != null) {
                service.stop();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (issuer != null) {
            issuer.close();
        }
        if (postgres != null) {
            postgres.stop();
        }
        if (data != null) {
            data.close();
        }
    }

    private void refuseWhileClosing() {
        if (closing) {
            throw new LaunchException("Ended before everything was up.");
        }
    }
}
