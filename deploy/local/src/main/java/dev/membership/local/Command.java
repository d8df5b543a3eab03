package dev.membership.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A program that has run to its end. */
record Command(int exitCode, String output) {

    boolean succeeded() {
        return exitCode == 0;
    }

    static Command run(List<String> command, Path folder) {
        return run(command, folder, "");
    }

    /** Runs a program with its errors among its output, and gives it {@code input}. */
    static Command run(List<String> command, Path folder, String input) {
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
            // Messages in one language, and no PGDATA, PGPORT or PGOPTIONS of the user's own PostgreSQL.
            Map<String, String> environment = builder.environment();
            environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
            environment.put("LC_ALL", "C");
            Process process = builder.start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException _) {
                // it ended without reading: its exit code and output say why
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Command(process.waitFor(), output.strip());
        } catch (IOException e) {
            throw new LaunchException(command.getFirst() + " does not run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException(command.getFirst() + " was interrupted", e);
        }
    }
}
