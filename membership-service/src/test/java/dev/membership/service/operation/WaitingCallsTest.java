package dev.membership.service.operation;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.ThroughEachDoor;
import dev.membership.service.support.Together;
import dev.membership.service.support.Via;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Who waits for a lock keeps nobody else from being answered. */
@QuarkusTest
class WaitingCallsTest extends DoorTest {
    /** More than there are event loops, so that some come by each of them. */
    private static final int CALLS = 4 * Runtime.getRuntime().availableProcessors();

    private final TestInstance instance = instances().create();

    @ThroughEachDoor
    void callsOfABusyOrganizationHoldUpNoOthers(Via door) {
        String busy = instance.organization();
        List<Map<String, Object>> additions = Stream.generate(
                        () -> args("organization_id", busy, "user_id", instance.user(), "role", "org:member"))
                .limit(CALLS)
                .toList();

        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<? extends Future<?>> held;
            try (var lock = TestDatabase.lockMembersOf(busy)) {
                held = additions.stream()
                        .map(addition -> callers.submit(() -> door.call(instance.key(), "CreateMembership", addition)))
                        .toList();
                Eventually.until("they wait", () -> TestDatabase.waiting() > 0);

                var others = Together.run(
                        CALLS, i -> door.call(instance.key(), "GetOrganization", args("organization_id", busy)));

                assertThat(held).noneMatch(Future::isDone);
                assertThat(Together.successes(others)).isEqualTo(CALLS);
            }
            assertThat(held).allSatisfy(Future::get);
        }
    }
}
