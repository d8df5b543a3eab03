package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.ServiceProcess;
import dev.membership.service.support.UnfinishedPost;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of answers over HTTP/1.1 that their clients do not take; {@link AdmissionIT} has those of gRPC. */
class UntakenAnswersIT {
    /** Answers of 10 MB: they have more than a quarter of the heap of {@link ServiceProcess}, though not twice as much. */
    private static final int TOO_MANY = 10;

    private static final int PAGE = 500;
    private static final int PAGES = 10;
    private static final String LONG_ADDRESS = "https://" + "a".repeat(2000) + ".example";
    private static final String QUERY = new JsonObject()
            .put(
                    "query",
                    IntStream.range(0, PAGES)
                            .mapToObj(i -> "p" + i + ": listUsers(first: " + PAGE + ") { nodes { imageUrl } }")
                            .collect(Collectors.joining(" ", "{ ", " }")))
            .encode();
    private static final int LEAST_BYTES = PAGES * PAGE * LONG_ADDRESS.length();
    private static final Duration AMPLE = Duration.ofSeconds(20);

    private final ServiceProcess service = ServiceProcess.start(OwnDatabase.create(), Map.of());
    private TestInstance instance;

    @BeforeEach
    void makeUsers() {
        instance = service.instances().create();
        service.grpc()
                .call(
                        instance.key(),
                        "ImportUsers",
                        args("users", Collections.nCopies(PAGE, args("fields", args("image_url", LONG_ADDRESS)))));
    }

    @AfterEach
    void end() {
        service.close();
    }

    @Test
    void ofTooManyTheOldestConnectionsAreClosed() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < TOO_MANY; i++) {
                Socket socket = ask();
                sockets.add(socket);
                begun(socket);
            }

            assertThat(rest(sockets.getFirst())).isLessThan(LEAST_BYTES);
            assertThat(rest(sockets.getLast())).isGreaterThan(LEAST_BYTES);
            assertThat(service.log()).doesNotContain("ERROR", "Exception");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void whoTakesItsAnswersMayHaveAnyNumber() throws IOException {
        try (Socket first = ask()) {
            begun(first);
            for (int i = 0; i < TOO_MANY; i++) {
                try (Socket another = ask()) {
                    begun(another);
                    assertThat(rest(another)).isGreaterThan(LEAST_BYTES);
                }
            }
            assertThat(rest(first)).isGreaterThan(LEAST_BYTES);
        }
    }

    /** The last request of its connection, which the service would close by itself when all has been taken. */
    private Socket ask() throws IOException {
        return UnfinishedPost.to(
                service, instance.key(), "Connection: close\r\nContent-Length: " + QUERY.length(), QUERY);
    }

    private static void begun(Socket socket) throws IOException {
        assertThat(UnfinishedPost.status(socket, AMPLE)).isEqualTo(200);
    }

    /** @return how many bytes come until the connection is closed, one way or the other */
    private static int rest(Socket socket) throws IOException {
        byte[] part = new byte[PAGE * 1024];
        int bytes = 0;
        try {
            for (int read = 0; read >= 0; read = socket.getInputStream().read(part)) {
                bytes += read;
            }
        } catch (SocketException reset) {
            // that was all
        }
        return bytes;
    }
}
