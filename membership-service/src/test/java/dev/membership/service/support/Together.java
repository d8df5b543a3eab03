package dev.membership.service.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Calls made at the same moment. */
public final class Together {
    private Together() {}

    /**
     * What one of the calls came to.
     *
     * @param refusal code of the refusal; null: it succeeded
     */
    public record Outcome<T>(T value, String refusal) {
        public boolean succeeded() {
            return refusal == null;
        }
    }

    /** Lets all callers go at once and waits for all of them. Anything but an answer or a refusal is an error of the test. */
    public static <T> List<Outcome<T>> run(int callers, IntFunction<T> call) {
        CountDownLatch ready = new CountDownLatch(callers);
        CountDownLatch go = new CountDownLatch(1);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Outcome<T>>> running = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++) {
                int number = caller;
                running.add(executor.submit(() -> {
                    ready.countDown();
                    go.await();
                    try {
                        return new Outcome<>(call.apply(number), null);
                    } catch (Refused refused) {
                        return new Outcome<>(null, refused.code());
                    }
                }));
            }
            ready.await();
            go.countDown();
            List<Outcome<T>> outcomes = new ArrayList<>();
            for (Future<Outcome<T>> outcome : running) {
                outcomes.add(outcome.get());
            }
            return outcomes;
        } catch (InterruptedException | ExecutionException failure) {
            throw new IllegalStateException(failure);
        }
    }

    public static long successes(List<? extends Outcome<?>> outcomes) {
        return outcomes.stream().filter(Outcome::succeeded).count();
    }

    public static List<String> refusals(List<? extends Outcome<?>> outcomes) {
        return outcomes.stream()
                .filter(outcome -> !outcome.succeeded())
                .map(Outcome::refusal)
                .toList();
    }
}
