package dev.membership.service.graphql;

import dev.membership.domain.user.ImportTally;
import dev.membership.domain.user.UserCommands;
import dev.membership.domain.user.UserLists;
import dev.membership.domain.user.UserUpserts;
import dev.membership.domain.user.UserView;
import dev.membership.domain.user.Users;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.graphql.Description;
import org.eclipse.microprofile.graphql.GraphQLApi;
import org.eclipse.microprofile.graphql.Id;
import org.eclipse.microprofile.graphql.Input;
import org.eclipse.microprofile.graphql.Mutation;
import org.eclipse.microprofile.graphql.Name;
import org.eclipse.microprofile.graphql.NonNull;
import org.eclipse.microprofile.graphql.Query;
import org.jspecify.annotations.Nullable;

/** Users over GraphQL. */
@GraphQLApi
@RunOnVirtualThread
@ApplicationScoped
public class UserApi {
    private final GraphQlCalls calls;
    private final Users users;
    private final UserLists lists;
    private final UserUpserts upserts;

    UserApi(GraphQlCalls calls, Users users, UserLists lists, UserUpserts upserts) {
        this.calls = calls;
        this.users = users;
        this.lists = lists;
        this.upserts = upserts;
    }

    /** A user to create or to bring up to date. */
    @Input("ImportUser")
    public record ImportUserInput(
            @Id @Nullable String id,
            @NonNull UserFieldsInput fields,
            @Nullable Instant createdAt) {}

    /** A user and whether it was not there before. */
    @Name("UpsertUserResult")
    @Description("A user, and whether it was not there before.")
    public record UpsertedNode(
            @NonNull UserNode user, @NonNull boolean created) {}

    @Query("getUser")
    @NonNull @Description("Reads one user, by id or by external id. A user may read itself.")
    public UserNode getUser(@Id @Nullable String id, @Nullable String externalId) {
        return calls.answer(caller -> {
            GraphQlCalls.requireOne(id, "external_id", externalId);
            return new UserNode(id == null ? users.getByExternalId(caller, externalId) : users.get(caller, id));
        });
    }

    @Query
    @NonNull @Description("Reads up to 1,000 users, in the order in which the ids are given; null where there is none.")
    public List<UserNode> batchGetUsers(@NonNull List<@NonNull String> ids) {
        return calls.answer(caller -> {
            Map<String, UserView> found = users.getAll(caller, ids);
            return ids.stream()
                    .map(found::get)
                    .map(user -> user == null ? null : new UserNode(user))
                    .collect(Collectors.toList());
        });
    }

    @Query
    @NonNull @Description(
            "The users of the instance. Orders: created_at, updated_at, email_address, phone_number, username, first_name,"
                    + " last_name, with + or - before it.")
    public UserConnection listUsers(
            @Nullable Integer first,
            @Nullable String after,
            @Nullable Integer last,
            @Nullable String before,
            @Nullable Integer initialPage,
            @Nullable Integer pageSize,
            @Nullable String orderBy,
            @Nullable UserFilterInput filter) {
        return calls.answer(caller -> {
            var page = new PageArguments(first, after, last, before, initialPage, pageSize);
            return new UserConnection(lists.list(
                    caller,
                    new UserCommands.Listing(orderBy, UserFilterInput.filter(filter)),
                    page.request(calls.asksFor("totalCount")),
                    page.tokenParam()));
        });
    }

    @Mutation
    @NonNull @Description("Creates a user.")
    public UserNode createUser(
            @NonNull UserFieldsInput fields,
            @Id @Nullable String id,
            @Nullable Instant createdAt,
            @Nullable String requestId) {
        return calls.answer(caller ->
                new UserNode(users.create(caller, requestId, new UserCommands.Create(id, fields.fields(), createdAt))));
    }

    @Mutation
    @NonNull @Description("Changes what is given; an empty text removes the value.")
    public UserNode updateUser(
            @Id @NonNull String userId,
            @NonNull UserFieldsInput fields,
            @Nullable String etag,
            @Nullable String requestId) {
        return calls.answer(caller ->
                new UserNode(users.update(caller, requestId, new UserCommands.Update(userId, fields.fields(), etag))));
    }

    @Mutation
    @NonNull @Description("Deletes a user and its memberships. Cannot be undone.")
    public DeletedNode deleteUser(@Id @NonNull String userId, @Nullable String etag, @Nullable String requestId) {
        return calls.answer(caller -> {
            UserCommands.Deleted deleted = users.delete(caller, requestId, new UserCommands.Delete(userId, etag));
            return new DeletedNode("user", deleted.id(), null, deleted.externalId());
        });
    }

    @Mutation
    @NonNull @Description("Creates the user of an external id, or makes the given fields its present ones.")
    public UpsertedNode upsertUser(@NonNull UserFieldsInput fields, @Nullable String requestId) {
        return calls.answer(caller -> {
            UserCommands.Upserted upserted =
                    upserts.upsert(caller, requestId, new UserCommands.Upsert(fields.fields()));
            return new UpsertedNode(new UserNode(upserted.user()), upserted.created());
        });
    }

    @Mutation
    @NonNull @Description(
            "Creates or updates up to 500 users. Each stands alone: a refused one is reported and the others are written."
                    + " Says which the first 100 refused ones are.")
    public ImportNode importUsers(@NonNull List<@NonNull ImportUserInput> users) {
        return calls.answer(caller -> {
            ImportTally tally = new ImportTally();
            upserts.importAll(
                            caller,
                            users.stream()
                                    .map(user -> new UserCommands.ImportRow(
                                            user.id(), user.fields().fields(), user.createdAt()))
                                    .toList())
                    .forEach(tally::add);
            return ImportNode.of(tally);
        });
    }
}
