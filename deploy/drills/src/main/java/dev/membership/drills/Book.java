package dev.membership.drills;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;

/** Every call that was sent, with what came of it: a line of CSV each, for the drill to look through. */
final class Book implements AutoCloseable {
    private static final int LONGEST_DETAIL = 200;

    private final BufferedWriter lines;

    Book(Path file) throws IOException {
        lines = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
        lines.write("started_us,took_us,load,kind,user,request_id,status,retry_after,detail\n");
    }

    /** Sends the call and books it as soon as there is an outcome. */
    CompletableFuture<Door.Outcome> booked(String load, Door door, Call call) {
        long started = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        long start = System.nanoTime();
        return door.send(call).whenComplete((outcome, never) -> {
            long took = (System.nanoTime() - start) / 1_000;
            write(String.join(
                    ",",
                    Long.toString(started),
                    Long.toString(took),
                    load,
                    call.kind().name(),
                    Integer.toString(call.user()),
                    call.requestId(),
                    outcome.status(),
                    Boolean.toString(outcome.retryAfter()),
                    detail(outcome)));
        });
    }

    private static String detail(Door.Outcome outcome) {
        String detail = outcome.detail().replaceAll("[,\"\\p{Cntrl}]", " ");
        return detail.substring(0, Math.min(LONGEST_DETAIL, detail.length()));
    }

    private synchronized void write(String line) {
        try {
            lines.write(line);
            lines.write('\n');
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    synchronized void flush() throws IOException {
        lines.flush();
    }

    @Override
    public synchronized void close() throws IOException {
        lines.close();
    }
}
