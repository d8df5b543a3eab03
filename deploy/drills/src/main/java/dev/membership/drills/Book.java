package dev.membership.drills;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Every call that was sent, with what came of it: a line of CSV each, for the drill to look through. Lines are made when the
 * book is flushed: until then whoever waits for answers shall do little else.
 */
final class Book implements AutoCloseable {
    private static final int LONGEST_DETAIL = 200;

    private final BufferedWriter lines;
    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

    private record Entry(long started, long took, String load, Call call, Door.Outcome outcome) {}

    Book(Path file) throws IOException {
        lines = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
        lines.write("started_us,took_us,load,kind,user,request_id,status,retry_after,detail\n");
    }

    /** Sends the call and books it as soon as there is an outcome. */
    CompletableFuture<Door.Outcome> booked(String load, Door door, Call call) {
        long started = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        long start = System.nanoTime();
        return door.send(call).whenComplete((outcome, never) -> {
            entries.add(new Entry(started, (System.nanoTime() - start) / 1_000, load, call, outcome));
        });
    }

    private static String line(Entry entry) {
        return String.join(
                ",",
                Long.toString(entry.started()),
                Long.toString(entry.took()),
                entry.load(),
                entry.call().kind().name(),
                Integer.toString(entry.call().user()),
                entry.call().requestId(),
                entry.outcome().status(),
                Boolean.toString(entry.outcome().retryAfter()),
                detail(entry.outcome()));
    }

    private static String detail(Door.Outcome outcome) {
        String detail = outcome.detail().replaceAll("[,\"\\p{Cntrl}]", " ");
        return detail.substring(0, Math.min(LONGEST_DETAIL, detail.length()));
    }

    void flush() throws IOException {
        for (Entry entry = entries.poll(); entry != null; entry = entries.poll()) {
            lines.write(line(entry));
            lines.newLine();
        }
        lines.flush();
    }

    @Override
    public void close() throws IOException {
        flush();
        lines.close();
    }
}
