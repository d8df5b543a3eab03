package dev.membership.drills;

import dev.membership.drills.Call.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Takes one command a line and answers each with a line:
 *
 * <pre>
 * start LOAD DOOR PORTS CALLERS PAUSE_MILLIS PATIENT   callers who read, write and read what they wrote, until "stop";
 *                                                      patient ones send a write again until it is answered
 * stop                                                 when all have their last answer
 * loop LOAD DOOR PORTS CALLERS SECONDS                 callers who read without a pause
 * flood LOAD DOOR PORTS RATE SECONDS                   so many reads a second, whether or not they are answered
 * watch LOAD PORT                                      somebody who asks for gRPC's health ten times a second, until "stop"
 * </pre>
 *
 * A door is {@code grpc} or {@code graphql}. Behind ports separated by commas are replicas of the service; {@code 9090*8} are
 * eight clients of one, each with its own connection.
 */
public final class Clients {
    private static final long PATIENCE_MILLIS = 100;
    private static final long NO_ANSWER_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final double NANOS = 1e9;

    private final Book book;
    private final String secretKey;
    private final AtomicInteger nextUser;
    private final Map<String, Door> doors = new HashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Phaser running = new Phaser(1);
    private volatile boolean stopped;

    private Clients(Book book, String secretKey, int firstUser) {
        this.book = book;
        this.secretKey = secretKey;
        this.nextUser = new AtomicInteger(firstUser);
    }

    /** @param arguments the file of the book, the secret key, and the first user who is no member yet */
    public static void main(String[] arguments) throws IOException {
        try (Book book = new Book(Path.of(arguments[0]))) {
            Clients clients = new Clients(book, arguments[1], Integer.parseInt(arguments[2]));
            var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                clients.obey(line.split(" "));
                book.flush();
                System.out.println(clients.nextUser);
            }
        }
    }

    private void obey(String[] command) {
        switch (command[0]) {
            case "start" -> start(command);
            case "stop" -> {
                stopped = true;
                running.arriveAndAwaitAdvance();
                stopped = false;
            }
            case "loop" -> loop(command);
            case "flood" -> flood(command);
            case "watch" -> watch(command);
            default -> throw new IllegalArgumentException(command[0]);
        }
    }

    private Door door(String name, String ports) {
        return doors.computeIfAbsent(
                name + ports, any -> name.equals("grpc") ? grpc(ports) : new GraphQlDoor(ports, secretKey));
    }

    private Door grpc(String ports) {
        String[] clients = ports.split("\\*");
        if (clients.length == 1) {
            return new GrpcDoor(ports, secretKey);
        }
        List<GrpcDoor> several = Stream.generate(() -> new GrpcDoor(clients[0], secretKey))
                .limit(Integer.parseInt(clients[1]))
                .toList();
        AtomicInteger next = new AtomicInteger();
        return call -> several.get(Math.floorMod(next.getAndIncrement(), several.size()))
                .send(call);
    }

    private void start(String[] command) {
        Door door = door(command[2], command[3]);
        int callers = Integer.parseInt(command[4]);
        long pause = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(command[5]));
        boolean patient = Boolean.parseBoolean(command[6]);
        for (int i = 0; i < callers; i++) {
            running.register();
            threads.execute(() -> {
                try {
                    while (!stopped) {
                        new Caller(command[1], door, pause, patient).liveOnce();
                    }
                } finally {
                    running.arriveAndDeregister();
                }
            });
        }
    }

    private void loop(String[] command) {
        Door door = door(command[2], command[3]);
        long end = System.nanoTime() + (long) (Double.parseDouble(command[5]) * NANOS);
        Phaser reading = new Phaser(1);
        for (int i = 0; i < Integer.parseInt(command[4]); i++) {
            reading.register();
            readAgain(command[1], door, end, reading);
        }
        reading.arriveAndAwaitAdvance();
    }

    private void readAgain(String load, Door door, long end, Phaser reading) {
        book.booked(load, door, anyRead())
                .whenCompleteAsync(
                        (outcome, never) -> {
                            if (System.nanoTime() - end < 0) {
                                readAgain(load, door, end, reading);
                            } else {
                                reading.arriveAndDeregister();
                            }
                        },
                        threads);
    }

    private static Call anyRead() {
        int user = ThreadLocalRandom.current().nextInt(Call.SEEDED);
        return Call.read(Kind.values()[user % 3], user);
    }

    private void watch(String[] command) {
        running.register();
        threads.execute(() -> {
            try (GrpcDoor health = new GrpcDoor(command[2], secretKey)) {
                while (!stopped) {
                    book.booked(command[1], health, Call.read(Kind.HEALTH, 0)).join();
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS));
                }
            } finally {
                running.arriveAndDeregister();
            }
        });
    }

    /** Open loop: a service that answers slowly is not spared. */
    private void flood(String[] command) {
        Door door = door(command[2], command[3]);
        double rate = Double.parseDouble(command[4]);
        long start = System.nanoTime();
        long all = (long) (rate * Double.parseDouble(command[5]));
        // No Phaser: it counts 65,535 at the most, and more than that may wait for a connection.
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (long sent = 0; sent < all; sent++) {
            long due = start + (long) (sent / rate * NANOS);
            while (due - System.nanoTime() > 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            answers.add(book.booked(command[1], door, anyRead()));
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
    }

    /** One after the other: a member joins, is read, is changed or leaves; and others are read meanwhile. */
    private final class Caller {
        private final String load;
        private final Door door;
        private final long pause;
        private final boolean patient;

        Caller(String load, Door door, long pause, boolean patient) {
            this.load = load;
            this.door = door;
            this.pause = pause;
            this.patient = patient;
        }

        void liveOnce() {
            int user = nextUser.getAndIncrement();
            if (!send(Call.write(Kind.CREATE, user)).isOk()) {
                return;
            }
            send(Call.read(Kind.GET, user));
            send(Call.read(Kind.CHECK, anybody()));
            send(Call.read(Kind.LIST, anybody()));
            switch (user % 3) {
                case 0 -> send(Call.write(Kind.UPDATE, user));
                case 1 -> send(Call.write(Kind.DELETE, user));
                default -> send(Call.read(Kind.CHECK, anybody()));
            }
            send(Call.read(Kind.GET, anybody()));
        }

        private static int anybody() {
            return ThreadLocalRandom.current().nextInt(Call.SEEDED);
        }

        private Door.Outcome send(Call call) {
            LockSupport.parkNanos(pause);
            Door.Outcome outcome = answer(call);
            long giveUp = System.nanoTime() + NO_ANSWER_NANOS;
            while (patient && !call.requestId().isEmpty() && unknown(outcome) && giveUp - System.nanoTime() > 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS));
                outcome = answer(call);
            }
            return outcome;
        }

        private Door.Outcome answer(Call call) {
            try {
                return book.booked(load, door, call).get();
            } catch (InterruptedException | ExecutionException never) {
                throw new IllegalStateException(never);
            }
        }

        /** Whether the write may have happened or not, or has to wait. */
        private static boolean unknown(Door.Outcome outcome) {
            return switch (outcome.status()) {
                case "UNAVAILABLE",
                        "DEADLINE_EXCEEDED",
                        "INTERNAL",
                        "UNKNOWN",
                        "CANCELLED",
                        "RESOURCE_EXHAUSTED",
                        "NO_ANSWER" -> true;
                case "200 service_unavailable", "200 deadline_exceeded", "200 internal_error" -> true;
                default -> outcome.status().startsWith("5");
            };
        }
    }
}
