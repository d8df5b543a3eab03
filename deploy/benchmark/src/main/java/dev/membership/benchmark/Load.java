package dev.membership.benchmark;

import com.google.protobuf.Message;
import dev.membership.benchmark.Calls.Kind;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Callers that each send a call, wait for its answer and send the next, for a time. They run on the connections' own
 * threads and leave answers unread, because what they cost is taken from the service: both share the machine.
 */
final class Load {
    private static final long LONGEST_MICROS = 60_000_000;

    private final Calls calls;
    private final String secretKey;

    Load(Calls calls, String secretKey) {
        this.calls = calls;
        this.secretKey = secretKey;
    }

    /**
     * What came of a run.
     *
     * @param latency of the calls that were answered well, in microseconds
     * @param firstFailure empty if there was none
     */
    record Outcome(Histogram latency, double seconds, int failures, String firstFailure) {}

    Outcome run(
            Kind kind,
            Population population,
            Map<String, String> options,
            int callers,
            double seconds,
            List<? extends Channel> channels)
            throws InterruptedException {
        var run = new Run(kind, population, options, callers, System.nanoTime() + (long) (seconds * 1e9));
        long start = System.nanoTime();
        for (int i = 0; i < callers; i++) {
            run.call(channels.get(i % channels.size()));
        }
        run.callersLeft.await();
        return new Outcome(run.latency, (System.nanoTime() - start) / 1e9, run.failures.get(), run.firstFailure.get());
    }

    private final class Run {
        private final Kind kind;
        private final Population population;
        private final Map<String, String> options;
        private final MethodDescriptor<byte[], byte[]> method;
        private final long end;
        private final CountDownLatch callersLeft;
        private final Histogram latency = new ConcurrentHistogram(LONGEST_MICROS, 3);
        private final AtomicInteger failures = new AtomicInteger();
        private final AtomicReference<String> firstFailure = new AtomicReference<>("");

        Run(Kind kind, Population population, Map<String, String> options, int callers, long end) {
            this.kind = kind;
            this.population = population;
            this.options = options;
            this.method =
                    kind.method.toBuilder(Unread.INSTANCE, Unread.INSTANCE).build();
            this.end = end;
            this.callersLeft = new CountDownLatch(callers);
        }

        void call(Channel channel) {
            Message request = calls.next(kind, population, options);
            ClientCall<byte[], byte[]> call = channel.newCall(method, CallOptions.DEFAULT);
            long start = System.nanoTime();
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            if (status.isOk()) {
                                latency.recordValue(Math.min(LONGEST_MICROS, (System.nanoTime() - start) / 1_000));
                            } else {
                                failures.incrementAndGet();
                                firstFailure.compareAndSet("", status.toString());
                            }
                            if (System.nanoTime() < end) {
                                call(channel);
                            } else {
                                callersLeft.countDown();
                            }
                        }
                    },
                    Preparation.headers(secretKey));
            call.request(2);
            call.sendMessage(request.toByteArray());
            call.halfClose();
        }
    }

    /** Takes requests as bytes and reads answers to their end without making anything of them. */
    private enum Unread implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                stream.skipNBytes(stream.available());
                return new byte[0];
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
