package dev.membership.service.support;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.service.support.Instances.TestInstance;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A call at each door, under way and waiting for the same lock until that is released: one takes a member out, one brings one in. */
public final class HeldUp implements AutoCloseable {
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final TestDatabase.Lock lock;
    private final String leaving;
    private final Future<JsonNode> removed;
    private final Future<JsonNode> added;

    /** Returns when both wait. {@code organization} gets a member for it; it keeps its number of members in the end. */
    public HeldUp(ServiceProcess service, OwnDatabase database, TestInstance instance, String organization) {
        leaving = instance.member(organization, "org:member");
        String joining = instance.user();
        GraphQlDoor graphQl = new GraphQlDoor(service.httpPort(), instance.key());
        lock = database.lockMembersOf(organization);
        removed = callers.submit(() -> instance.door()
                .call(instance.key(), "DeleteMembership", args("organization_id", organization, "user_id", leaving)));
        added = callers.submit(() -> graphQl.call(
                instance.key(),
                "CreateMembership",
                args("organization_id", organization, "user_id", joining, "role", "org:member")));
        Eventually.until("both calls wait for the lock", () -> database.waiting() == 2);
    }

    public boolean areUnanswered() {
        return !removed.isDone() && !added.isDone();
    }

    /** Releases the lock, and waits until both are done, as they shall be whatever came meanwhile. */
    @Override
    public void close() {
        lock.close();
        try (callers) {
            assertThat(removed.get().at("/publicUserData/userId").asText()).isEqualTo(leaving);
            assertThat(added.get().get("role").asText()).isEqualTo("org:member");
        } catch (InterruptedException | ExecutionException failure) {
            throw new AssertionError(failure);
        }
    }
}
