package dev.membership.service.race;

import static dev.membership.service.support.Door.args;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.membership.domain.organization.OrganizationTurns;
import dev.membership.service.support.Consistency;
import dev.membership.service.support.DoorTest;
import dev.membership.service.support.Eventually;
import dev.membership.service.support.Instances.TestInstance;
import dev.membership.service.support.TestDatabase;
import dev.membership.service.support.Together;
import dev.membership.service.support.Together.Outcome;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Users who are added to one organization while it is not to be had, and so together once it is. Seen failing with one at a
 * time in {@code SharedTurns}, without trying each alone where a rule is broken, without the members' number in the condition
 * of {@code OrganizationCounters.addingMembers}, with the same counts in each event, and without the rows' state in the
 * statement that adds.
 */
@QuarkusTest
class SharedAddsTest extends DoorTest {
    private static final int CALLERS = 20;

    @Inject
    OrganizationTurns turns;

    private final TestInstance instance = instances().create();
    private final String organization = instance.organization();

    @AfterEach
    void countersAndEventsAgreeWithRows() {
        Consistency.check(instance.id());
        assertThat(TestDatabase.query("""
                        SELECT organization_sequence FROM (
                            SELECT organization_sequence, after -> 'organization' AS told,
                                count(*) OVER until AS members,
                                count(*) FILTER (WHERE after #>> '{role,key}' = 'org:admin') OVER until AS elevated
                            FROM outbox_event WHERE organization_id = ? AND type = 'organizationMembership.created'
                            WINDOW until AS (ORDER BY organization_sequence)) e
                        WHERE told ->> 'members_count' <> members::text OR told ->> 'elevated_members_count' <> elevated::text
                        """, organization))
                .as("events that do not tell how many members there were with theirs")
                .isEmpty();
    }

    @Test
    void whoeverWaitsIsAddedByOneStatement() {
        List<String> users = users();

        List<Outcome<JsonNode>> outcomes =
                whileHeld(i -> instance.add(organization, users.get(i), i % 3 == 0 ? "org:admin" : "org:member"));

        assertThat(Together.refusals(outcomes)).isEmpty();
        assertThat(transactions()).as("of the two before, and of all others").isEqualTo(3);
        assertThat(outcomes.stream()
                        .map(outcome ->
                                outcome.value().at("/organization/membersCount").asLong())
                        .sorted())
                .as("each answer has the members as they were with its own")
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(3, 2 + CALLERS).boxed().toList());
    }

    @Test
    void oneThatIsRefusedDoesNotTakeTheOthersAlong() {
        List<String> users = users();

        List<Outcome<JsonNode>> outcomes =
                whileHeld(i -> instance.add(organization, users.get(i == 7 ? 3 : i), "org:member"));

        assertThat(Together.refusals(outcomes)).containsExactly("already_a_member_in_organization");
        assertThat(members()).isEqualTo(2 + CALLERS - 1);
    }

    @Test
    void oneThatIsNotThereDoesNotTakeTheOthersAlong() {
        List<String> users = users();

        List<Outcome<JsonNode>> outcomes =
                whileHeld(i -> instance.add(organization, i == 7 ? "user_none" : users.get(i), "org:member"));

        assertThat(Together.refusals(outcomes)).containsExactly("resource_not_found");
        assertThat(members()).isEqualTo(2 + CALLERS - 1);
    }

    @Test
    void asManyAreAddedAsThereIsRoomFor() {
        List<String> users = users();
        grpc().call(
                        instance.key(),
                        "UpdateOrganization",
                        args("organization_id", organization, "max_allowed_memberships", 7));

        List<Outcome<JsonNode>> outcomes = whileHeld(i -> instance.add(organization, users.get(i), "org:member"));

        assertThat(Together.successes(outcomes)).isEqualTo(5);
        assertThat(Together.refusals(outcomes)).containsOnly("organization_membership_quota_exceeded");
        assertThat(members()).isEqualTo(7);
    }

    /** It is written while the group's statement, which has read it before, waits for its lock. */
    @Test
    void whatChangesMeanwhileIsReadAgain() {
        List<String> users = users();
        var changing = new AtomicReference<TestDatabase.Lock>();

        List<Outcome<JsonNode>> outcomes = whileHeld(
                i -> instance.add(organization, users.get(i), "org:member"),
                () -> changing.set(TestDatabase.changing(
                        "UPDATE app_user SET first_name = 'Changed' WHERE instance_id = ? AND id = ?",
                        instance.id(),
                        users.get(4))),
                () -> {
                    Eventually.until("the group waits for the user", () -> TestDatabase.waiting() == 1);
                    changing.get().close();
                });

        assertThat(Together.refusals(outcomes)).isEmpty();
        assertThat(outcomes.get(4).value().at("/publicUserData/firstName").asText())
                .isEqualTo("Changed");
        assertThat(transactions()).as("each was tried alone").isEqualTo(2 + CALLERS);
    }

    @Test
    void eachEventNamesItsOwnCaller() {
        List<String> users = users();
        String other = instances().key(instance.id(), false, List.of());

        List<Outcome<JsonNode>> outcomes = whileHeld(i -> grpc().call(
                        i % 2 == 0 ? instance.key() : other,
                        "CreateMembership",
                        args("organization_id", organization, "user_id", users.get(i), "role", "org:member")));

        assertThat(Together.refusals(outcomes)).isEmpty();
        assertThat(TestDatabase.query(
                        "SELECT count(*) FROM outbox_event WHERE organization_id = ?"
                                + " AND type = 'organizationMembership.created' GROUP BY actor_id ORDER BY 1",
                        organization))
                .extracting(row -> row.get("count"))
                .containsExactly(CALLERS / 2L, 2 + CALLERS / 2L);
        assertThat(transactions()).isEqualTo(4);
    }

    private List<Outcome<JsonNode>> whileHeld(IntFunction<JsonNode> call) {
        return whileHeld(call, () -> {}, () -> {});
    }

    /**
     * Makes the calls while two others wait for the organization in PostgreSQL, so that all of them wait for a turn.
     *
     * @param before comes when they wait
     * @param after comes when the organization is to be had
     */
    private List<Outcome<JsonNode>> whileHeld(IntFunction<JsonNode> call, Runnable before, Runnable after) {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<JsonNode>> ahead = new ArrayList<>();
            Future<List<Outcome<JsonNode>>> waiting;
            try (var held = TestDatabase.lockMembersOf(organization)) {
                while (ahead.size() < 2) {
                    String user = instance.user();
                    ahead.add(executor.submit(() -> instance.add(organization, user, "org:member")));
                    Eventually.until("it waits in PostgreSQL", () -> TestDatabase.waiting() == ahead.size());
                }
                waiting = executor.submit(() -> Together.run(CALLERS, call));
                Eventually.until("all others wait for a turn", () -> turns.waiting() == CALLERS);
                before.run();
            }
            after.run();
            for (Future<JsonNode> added : ahead) {
                added.get();
            }
            return waiting.get();
        } catch (InterruptedException | ExecutionException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private List<String> users() {
        return IntStream.range(0, CALLERS).mapToObj(i -> instance.user()).toList();
    }

    private long transactions() {
        return TestDatabase.number(
                "SELECT count(DISTINCT xmin::text) FROM membership WHERE organization_id = ?", organization);
    }

    private int members() {
        return instance.read(organization).get("membersCount").asInt();
    }
}
