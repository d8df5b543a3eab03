package dev.membership.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL of this folder's own, as durable as any: its data survive the launcher, however that ends.
 *
 * <p>Only the service enters it: it listens on 127.0.0.1 alone, has no socket file, and knows one login, whose random
 * password is kept beside the data for their owner. Its superuser cannot log in at all.
 */
final class LocalPostgres {
    static final String USER = "membership";
    static final String DATABASE = "membership";

    private static final String SETTINGS = """

            # Written by ./run.
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            password_encryption = 'scram-sha-256'
            fsync = on
            synchronous_commit = on
            full_page_writes = on
            """;

    private static final String LOGINS = """
            # Written by ./run: one login, by password, from this machine. Nothing else enters.
            host  %s  %s  127.0.0.1/32  scram-sha-256
            """;

    private final DataFolder data;
    private final PostgresBinaries binaries;
    private final Path database;
    private final Path log;
    private final Unprivileged user;
    private int port;

    LocalPostgres(DataFolder data) {
        this.data = data;
        this.database = data.resolve("postgres");
        this.user = Unprivileged.forDatabase(database);
        this.binaries = PostgresBinaries.unpack(data);
        this.log = database.resolve("postgres.log");
    }

    /** Starts it and returns when it takes connections; makes the database first where there is none. */
    void start() throws IOException {
        if (Files.isDirectory(database)) {
            refuseOtherMajor();
            stopOrphan();
        } else {
            create();
        }
        port = freePort();
        // One run's log: what went wrong in this run is not to be looked for in the ones before.
        Files.deleteIfExists(log);
        // pg_ctl gives it a session of its own. So Ctrl-C, which a terminal sends to all processes of the foreground,
        // does not take the database away from a service that is still finishing its calls.
        Command started = Command.run(
                user.command(
                        binaries.program("pg_ctl"),
                        "--pgdata=" + database,
                        "--log=" + log,
                        "--options=-p " + port,
                        "--wait",
                        "--timeout=120",
                        "start"),
                data.path());
        if (!started.succeeded()) {
            throw new LaunchException("PostgreSQL does not start: " + lastLine(started.output()));
        }
    }

    /** Ends it in order: open transactions are rolled back, everything is written out. */
    void stop() {
        if (running().isEmpty()) {
            return;
        }
        Command stopped = Command.run(
                user.command(
                        binaries.program("pg_ctl"),
                        "--pgdata=" + database,
                        "--mode=fast",
                        "--wait",
                        "--timeout=60",
                        "stop"),
                data.path());
        if (!stopped.succeeded()) {
            System.err.println("PostgreSQL does not stop in order: " + stopped.output());
            // Harmless to the data: it recovers at its next start, as after a power failure.
            running().ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE;
    }

    String password() throws IOException {
        return Files.readString(passwordFile()).strip();
    }

    /** Where whoever may read the data finds the login's password. */
    Path passwordFile() {
        return passwordFile(database);
    }

    /** Its first process, whose end is the end of it. */
    Optional<ProcessHandle> running() {
        return pid().flatMap(ProcessHandle::of).filter(ProcessHandle::isAlive).filter(this::isOurs);
    }

    /**
     * Makes the database beside its place and moves it there when it is whole: a start that is killed half-way leaves
     * nothing that looks like a database.
     */
    private void create() throws IOException {
        System.out.println("Making the database in " + database);
        Path draft = data.resolve("postgres.new");
        DataFolder.deleteTree(draft);
        Files.createDirectory(
                draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        user.own(draft);
        // An order of texts that is the same on every machine, whatever its locale. Trigrams take letters from
        // LC_CTYPE.
        expect(Command.run(
                user.command(
                        binaries.program("initdb"),
                        "--pgdata=" + draft,
                        "--username=postgres",
                        "--auth=reject",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--lc-ctype=" + (PostgresBinaries.isMac() ? "UTF-8" : "C.UTF-8"),
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8"),
                data.path()));
        Files.writeString(
                draft.resolve("postgresql.conf"), Files.readString(draft.resolve("postgresql.conf")) + SETTINGS);
        Files.writeString(draft.resolve("pg_hba.conf"), LOGINS.formatted(DATABASE, USER));
        String password = Secrets.random();
        DataFolder.writeSecret(passwordFile(draft), password + "\n");
        String statements = """
                CREATE ROLE %1$s LOGIN PASSWORD '%2$s'
                CREATE DATABASE %3$s OWNER %1$s
                """.formatted(USER, password, DATABASE);
        // Without a server: nobody could log in to one yet.
        expect(Command.run(
                user.command(binaries.program("postgres"), "--single", "-j", "-D", draft.toString(), "postgres"),
                data.path(),
                statements.replace("\n", ";\n\n")));
        Files.move(draft, database, StandardCopyOption.ATOMIC_MOVE);
    }

    private void refuseOtherMajor() throws IOException {
        String found = Files.readString(database.resolve("PG_VERSION")).strip();
        if (!found.equals(binaries.major())) {
            throw new LaunchException("The data in " + database + " are of PostgreSQL " + found + ", and this is "
                    + binaries.version() + ": set MEMBERSHIP_DATA to another folder, or move them with pg_upgrade.");
        }
    }

    /** What a killed launcher left running is stopped, not used: only this one's settings are known. */
    private void stopOrphan() throws IOException {
        Optional<ProcessHandle> orphan = running();
        if (orphan.isPresent()) {
            System.out.println("Stopping the PostgreSQL that an earlier run left behind (process "
                    + orphan.get().pid() + ")");
            stop();
            orphan.get()
                    .onExit()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .exceptionally(_ -> null)
                    .join();
        } else {
            // Its process number may be another program's by now, for which PostgreSQL would wait in vain.
            Files.deleteIfExists(database.resolve("postmaster.pid"));
        }
    }

    private Optional<Long> pid() {
        try (var lines = Files.lines(database.resolve("postmaster.pid"), StandardCharsets.US_ASCII)) {
            return lines.findFirst().map(line -> Long.parseLong(line.strip()));
        } catch (IOException | NumberFormatException _) {
            return Optional.empty();
        }
    }

    /** A process number says little, since numbers are used again; its program or data lie in our folder, or not. */
    private boolean isOurs(ProcessHandle process) {
        String command = process.info().command().orElse("");
        String commandLine = process.info().commandLine().orElse("");
        String folder = data.path() + "/postgresql-";
        return command.startsWith(folder) || commandLine.startsWith(folder);
    }

    private static Path passwordFile(Path database) {
        return database.resolve("membership.password");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static void expect(Command command) {
        if (!command.succeeded() || command.output().contains("ERROR:")) {
            throw new LaunchException("The database could not be made: " + command.output());
        }
    }

    private String lastLine(String otherwise) throws IOException {
        if (!Files.isReadable(log)) {
            return otherwise;
        }
        List<String> lines = Files.readAllLines(log);
        return lines.stream().filter(line -> line.contains("FATAL")).findFirst().orElse(otherwise) + " (the whole log: "
                + log + ")";
    }
}
