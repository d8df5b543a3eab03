package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Consistency;
import dev.membership.service.support.Instances;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.ServiceProcess;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** kill -9 in the middle of writing: what was acknowledged is there, and what was not may be sent again. */
class CrashIT {
    private static final int WRITERS = 24;
    private static final int USERS_OF_A_WRITER = 4;
    private static final int ORGANIZATIONS = 4;
    private static final int WRITES_BEFORE_THE_CRASH = 600;
    private static final int CRASHES = 2;
    private static final String NOBODY = "";

    private final OwnDatabase database = OwnDatabase.create();

    /** One write: what is sent, and the role that its user has when it is done. */
    private record Write(String operation, String user, String roleAfter, Map<String, Object> arguments) {}

    /** Writes one after the other about users of its own, so that it alone decides what they are. */
    private static final class Writer {
        private final RandomGenerator random;
        private final String organization;
        private final Map<String, String> roles = new HashMap<>();
        private int acknowledged;
        private Write pending;

        Writer(String organization, List<String> users) {
            this.random = RandomGenerator.getDefault();
            this.organization = organization;
            users.forEach(user -> roles.put(user, NOBODY));
        }

        void run(TestInstance instance, CountDownLatch enough) {
            try {
                while (true) {
                    pending = next();
                    send(instance);
                    enough.countDown();
                }
            } catch (StatusRuntimeException crashed) {
                assertThat(pending).isNotNull();
            }
        }

        JsonNode send(TestInstance instance) {
            JsonNode answer = instance.door().call(instance.key(), pending.operation(), pending.arguments());
            roles.put(pending.user(), pending.roleAfter());
            acknowledged++;
            return answer;
        }

        private Write next() {
            List<String> users = List.copyOf(roles.keySet());
            String user = users.get(random.nextInt(users.size()));
            String role = roles.get(user);
            String other = role.equals("org:admin") ? "org:member" : "org:admin";
            if (role.equals(NOBODY)) {
                return write("CreateMembership", user, "org:member");
            }
            return random.nextBoolean()
                    ? write("UpdateMembership", user, other)
                    : write("DeleteMembership", user, NOBODY);
        }

        private Write write(String operation, String user, String roleAfter) {
            return new Write(
                    operation,
                    user,
                    roleAfter,
                    args(
                            "organization_id",
                            organization,
                            "user_id",
                            user,
                            "role",
                            roleAfter.equals(NOBODY) ? null : roleAfter,
                            "request_id",
                            Instances.unique("crash-")));
        }
    }

    @Test
    void whatWasAcknowledgedSurvives() throws InterruptedException, ExecutionException {
        List<Writer> writers = new ArrayList<>();
        String instanceId;
        String key;
        try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
            TestInstance instance = service.instances().create();
            instanceId = instance.id();
            key = instance.key();
            List<String> organizations = IntStream.range(0, ORGANIZATIONS)
                    .mapToObj(i -> instance.organization(instance.user()))
                    .toList();
            for (int i = 0; i < WRITERS; i++) {
                List<String> users = IntStream.range(0, USERS_OF_A_WRITER)
                        .mapToObj(user -> instance.user())
                        .toList();
                writers.add(new Writer(organizations.get(i % ORGANIZATIONS), users));
            }
        }
        for (int crash = 0; crash < CRASHES; crash++) {
            try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
                writeUntilKilled(service, new TestInstance(service.grpc(), instanceId, key), writers);
            }
            try (ServiceProcess service = ServiceProcess.start(database, Map.of())) {
                TestInstance instance = new TestInstance(service.grpc(), instanceId, key);
                writers.forEach(this::acknowledgedWritesAreThere);
                Consistency.check(database, instanceId);
                for (Writer writer : writers) {
                    JsonNode answer = writer.send(instance);
                    assertThat(instance.door().call(key, writer.pending.operation(), writer.pending.arguments()))
                            .as("the same request once more")
                            .isEqualTo(answer);
                    writer.pending = null;
                    acknowledgedWritesAreThere(writer);
                }
                Consistency.check(database, instanceId);
                assertThat(database.number(
                                "SELECT count(*) FROM outbox_event WHERE instance_id = ? AND type LIKE 'organizationMembership.%'",
                                instanceId))
                        .as("each write has happened once: its event, and those of the organizations' creators")
                        .isEqualTo(writers.stream()
                                        .mapToInt(writer -> writer.acknowledged)
                                        .sum()
                                + ORGANIZATIONS);
            }
        }
    }

    private static void writeUntilKilled(ServiceProcess service, TestInstance instance, List<Writer> writers)
            throws InterruptedException, ExecutionException {
        CountDownLatch enough = new CountDownLatch(WRITES_BEFORE_THE_CRASH);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (Writer writer : writers) {
                running.add(executor.submit(() -> writer.run(instance, enough)));
            }
            enough.await();
            service.kill();
            for (Future<?> writer : running) {
                writer.get();
            }
        }
    }

    /** Of a user whose last write was not acknowledged both is right: that it happened, and that it did not. */
    private void acknowledgedWritesAreThere(Writer writer) {
        writer.roles.forEach((user, role) -> {
            String found = database
                    .query(
                            "SELECT r.key FROM membership m JOIN role r ON r.instance_id = m.instance_id AND r.id = m.role_id"
                                    + " WHERE m.organization_id = ? AND m.user_id = ?",
                            writer.organization,
                            user)
                    .stream()
                    .map(row -> (String) row.get("key"))
                    .findFirst()
                    .orElse(NOBODY);
            if (writer.pending != null && writer.pending.user().equals(user)) {
                assertThat(found).isIn(role, writer.pending.roleAfter());
            } else {
                assertThat(found).isEqualTo(role);
            }
        });
    }
}
