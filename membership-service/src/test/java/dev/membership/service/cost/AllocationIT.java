package dev.membership.service.cost;

import static dev.membership.service.support.Door.args;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.membership.service.support.GraphQlDoor;
import dev.membership.service.support.GrpcDoor;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.OwnDatabase;
import dev.membership.service.support.ServiceProcess;
import dev.membership.service.support.Together;
import dev.membership.service.support.Together.Outcome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.Test;

/**
 * What each operation allocates in the service: no more than is written here, with a margin. Bytes and not time, because
 * they are nearly the same on a slow machine, and next to another process, as on a fast one.
 *
 * <p>To change the figures, paste the lines that each run prints, green or red, over those of {@code FIGURES}: after an
 * improvement, so that it stays, and after a change that is worth what it costs. They are higher than in production,
 * where C2 spares some allocations: {@link ServiceProcess} runs without it, so that they do not depend on how far it came.
 */
class AllocationIT {
    /** Bytes by operation. */
    private static final Map<String, Long> FIGURES = Map.ofEntries(
            entry("BatchCheckPermissions of 100", 165_000L),
            entry("CheckPermission", 14_500L),
            entry("CreateMembership", 102_000L),
            entry("DeleteMembership", 81_000L),
            entry("GetMembership", 19_500L),
            entry("GraphQL dashboard of 50", 1_412_000L),
            entry("GraphQL getMembership", 62_000L),
            entry("ListMemberships of 50", 276_000L),
            entry("UpdateMembership", 93_000L));

    /** How many times its figure an operation may allocate: runs of the same code have differed by 15 %. */
    private static final double MARGIN = 1.25;

    private static final int ROUNDS = 3;
    private static final int CALLS = 200;
    private static final int CLIENTS = 4;
    private static final int PAGE = 50;
    private static final int BATCH = 100;

    /** As many processors everywhere, because threads and their buffers go by that number. */
    private static final String JVM_OPTIONS = "-XX:+UseSerialGC -XX:ActiveProcessorCount=2";

    private static final String MEMBERSHIP = """
            query ($organizationId: ID!, $userId: ID!) {
              getMembership(organizationId: $organizationId, userId: $userId) {
                id role roleName permissions createdAt etag publicUserData { userId firstName lastName identifier }
              }
            }
            """;

    @Test
    void noOperationAllocatesMoreThanItDid() throws IOException, AttachNotSupportedException {
        assumeFalse(ServiceProcess.isNative(), "nobody can attach to a native executable");
        Map<String, Long> measured = new TreeMap<>();
        try (ServiceProcess service =
                        ServiceProcess.start(OwnDatabase.create(), Map.of("JAVA_TOOL_OPTIONS", JVM_OPTIONS));
                JMXConnector connector = attach(service)) {
            ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(
                    connector.getMBeanServerConnection(), ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
            Map<String, IntConsumer> operations = operations(service);
            operations.values().forEach(call -> bytesPerCall(threads, call)); // the first round warms up
            for (int round = 0; round < ROUNDS; round++) {
                // The least, because the background's work only adds.
                operations.forEach((name, call) -> measured.merge(name, bytesPerCall(threads, call), Math::min));
            }
        }
        measured.forEach((name, bytes) -> System.out.printf("entry(\"%s\", %s),%n", name, literal(bytes)));

        assertThat(measured).containsOnlyKeys(FIGURES.keySet());
        List<String> offenders = measured.entrySet().stream()
                .filter(entry -> entry.getValue() > allowed(entry.getKey()))
                .map(entry -> "%s: %s, allowed %s"
                        .formatted(entry.getKey(), literal(entry.getValue()), literal(allowed(entry.getKey()))))
                .toList();
        assertThat(offenders).as("bytes allocated for a call").isEmpty();
    }

    @SuppressWarnings("BanJNDI") // What answers is a process that this test started.
    private static JMXConnector attach(ServiceProcess service) throws IOException, AttachNotSupportedException {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(service.pid()));
        try {
            return JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
        } finally {
            machine.detach();
        }
    }

    private static long bytesPerCall(ThreadMXBean threads, IntConsumer call) {
        long before = threads.getTotalThreadAllocatedBytes();
        List<Outcome<Boolean>> outcomes = Together.run(CLIENTS, client -> {
            for (int number = client; number < CALLS; number += CLIENTS) {
                call.accept(number);
            }
            return true;
        });
        long bytes = threads.getTotalThreadAllocatedBytes() - before;
        assertThat(Together.refusals(outcomes)).isEmpty();
        return bytes / CALLS;
    }

    /** In the order of their calls: a round adds members, changes them and removes them. */
    private static Map<String, IntConsumer> operations(ServiceProcess service) throws IOException {
        TestInstance instance = service.instances().create();
        GrpcDoor grpc = instance.door();
        GraphQlDoor graphQl = new GraphQlDoor(service.httpPort(), instance.key());
        String key = instance.key();
        String read = instance.organization(instance.user());
        List<String> members = Stream.generate(() -> instance.member(read, "org:member"))
                .limit(BATCH)
                .toList();
        List<Map<String, Object>> checks = members.stream()
                .map(user -> args("organization_id", read, "user_id", user, "permission", "org:sys_memberships:read"))
                .toList();
        String written = instance.organization(instance.user());
        List<String> users = Stream.generate(instance::user).limit(CALLS).toList();
        String dashboard = Files.readString(Path.of("..", "graphql", "operations", "dashboard.graphql"));

        Map<String, IntConsumer> operations = new LinkedHashMap<>();
        operations.put(
                "GetMembership",
                number -> grpc.call(
                        key, "GetMembership", args("organization_id", read, "user_id", members.get(number % BATCH))));
        operations.put("CheckPermission", number -> grpc.call(key, "CheckPermission", checks.get(number % BATCH)));
        operations.put(
                "BatchCheckPermissions of 100",
                number -> grpc.call(key, "BatchCheckPermissions", args("checks", checks)));
        operations.put(
                "ListMemberships of 50",
                number -> grpc.call(key, "ListMemberships", args("organization_id", read, "page_size", PAGE)));
        operations.put("CreateMembership", number -> instance.add(written, users.get(number), "org:member"));
        operations.put(
                "UpdateMembership",
                number -> grpc.call(
                        key,
                        "UpdateMembership",
                        args("organization_id", written, "user_id", users.get(number), "role", "org:admin")));
        operations.put(
                "DeleteMembership",
                number -> grpc.call(
                        key, "DeleteMembership", args("organization_id", written, "user_id", users.get(number))));
        operations.put(
                "GraphQL getMembership",
                number -> graphQl.send(
                        key, MEMBERSHIP, args("organizationId", read, "userId", members.get(number % BATCH))));
        operations.put(
                "GraphQL dashboard of 50",
                number -> graphQl.send(key, dashboard, args("organizationId", read, "members", PAGE)));
        return operations;
    }

    private static long allowed(String operation) {
        return (long) (FIGURES.get(operation) * MARGIN);
    }

    /** As Java has it, to be pasted. */
    private static String literal(long number) {
        return String.format(Locale.ROOT, "%,dL", number).replace(',', '_');
    }
}
