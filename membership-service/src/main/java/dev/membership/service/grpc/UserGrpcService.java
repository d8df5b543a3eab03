package dev.membership.service.grpc;

import static dev.membership.service.grpc.Wire.text;

import dev.membership.domain.caller.Caller;
import dev.membership.domain.caller.Operation;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.paging.Page;
import dev.membership.domain.user.ImportOutcome;
import dev.membership.domain.user.ImportTally;
import dev.membership.domain.user.UserCommands;
import dev.membership.domain.user.UserLists;
import dev.membership.domain.user.UserUpserts;
import dev.membership.domain.user.UserView;
import dev.membership.domain.user.Users;
import dev.membership.v1.BatchGetUsersRequest;
import dev.membership.v1.BatchGetUsersResponse;
import dev.membership.v1.CreateUserRequest;
import dev.membership.v1.DeleteUserRequest;
import dev.membership.v1.DeletedResource;
import dev.membership.v1.GetUserRequest;
import dev.membership.v1.ImportRefusal;
import dev.membership.v1.ImportUsersRequest;
import dev.membership.v1.ImportUsersResponse;
import dev.membership.v1.ListUsersRequest;
import dev.membership.v1.ListUsersResponse;
import dev.membership.v1.UpdateUserRequest;
import dev.membership.v1.UpsertUserRequest;
import dev.membership.v1.UpsertUserResponse;
import dev.membership.v1.User;
import dev.membership.v1.UserFields;
import dev.membership.v1.UserFilter;
import dev.membership.v1.UserService;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** {@code membership.v1.UserService}. */
@GrpcService
class UserGrpcService implements UserService {
    private final GrpcCalls calls;
    private final Users users;
    private final UserLists lists;
    private final UserUpserts upserts;

    UserGrpcService(GrpcCalls calls, Users users, UserLists lists, UserUpserts upserts) {
        this.calls = calls;
        this.users = users;
        this.lists = lists;
        this.upserts = upserts;
    }

    @Override
    public Uni<User> createUser(CreateUserRequest request) {
        return calls.answer(
                request,
                caller -> message(users.create(
                        caller,
                        request.getRequestId(),
                        new UserCommands.Create(
                                request.hasId() ? request.getId() : null,
                                fields(request.getFields()),
                                Wire.instant("created_at", request.hasCreatedAt(), request.getCreatedAt())))));
    }

    @Override
    public Uni<User> getUser(GetUserRequest request) {
        return calls.answer(
                request,
                caller -> message(
                        request.hasExternalId()
                                ? users.getByExternalId(caller, request.getExternalId())
                                : users.get(caller, request.getUserId())));
    }

    @Override
    public Uni<BatchGetUsersResponse> batchGetUsers(BatchGetUsersRequest request) {
        return calls.answer(request, caller -> {
            Map<String, UserView> found = users.getAll(caller, request.getUserIdsList());
            BatchGetUsersResponse.Builder response = BatchGetUsersResponse.newBuilder();
            for (String id : request.getUserIdsList()) {
                UserView user = found.get(id);
                if (user == null) {
                    response.addMissingUserIds(id);
                } else {
                    response.addUsers(message(user));
                }
            }
            return response.build();
        });
    }

    @Override
    public Uni<ListUsersResponse> listUsers(ListUsersRequest request) {
        return calls.answer(request, caller -> {
            Page<UserView> page = lists.list(
                    caller,
                    new UserCommands.Listing(text(request.getOrderBy()), filter(request.getFilter())),
                    Wire.page(
                            request.getPageSize(),
                            request.getPageToken(),
                            request.getSkip(),
                            request.getIncludeTotal()),
                    Wire.PAGE_TOKEN);
            ListUsersResponse.Builder response = ListUsersResponse.newBuilder();
            page.items().forEach(user -> response.addUsers(message(user)));
            page.next().ifPresent(response::setNextPageToken);
            page.counted().ifPresent(response::setTotalCount);
            return response.build();
        });
    }

    @Override
    public Uni<User> updateUser(UpdateUserRequest request) {
        return calls.answer(
                request,
                caller -> message(users.update(
                        caller,
                        request.getRequestId(),
                        new UserCommands.Update(
                                request.getUserId(), fields(request.getFields()), text(request.getEtag())))));
    }

    @Override
    public Uni<DeletedResource> deleteUser(DeleteUserRequest request) {
        return calls.answer(request, caller -> {
            UserCommands.Deleted deleted = users.delete(
                    caller,
                    request.getRequestId(),
                    new UserCommands.Delete(request.getUserId(), text(request.getEtag())));
            DeletedResource.Builder message =
                    DeletedResource.newBuilder().setObject("user").setId(deleted.id());
            if (deleted.externalId() != null) {
                message.setExternalId(deleted.externalId());
            }
            return message.build();
        });
    }

    @Override
    public Uni<UpsertUserResponse> upsertUser(UpsertUserRequest request) {
        return calls.answer(request, caller -> {
            UserCommands.Upserted upserted = upserts.upsert(
                    caller, request.getRequestId(), new UserCommands.Upsert(fields(request.getFields())));
            return UpsertUserResponse.newBuilder()
                    .setUser(message(upserted.user()))
                    .setCreated(upserted.created())
                    .build();
        });
    }

    @Override
    public Uni<ImportUsersResponse> importUsers(Multi<ImportUsersRequest> requests) {
        ImportTally tally = new ImportTally();
        return calls.answerStream(
                Operation.IMPORT_USERS,
                requests,
                UserUpserts.MAX_BATCH,
                (caller, batch) -> importBatch(caller, batch, tally),
                () -> message(tally));
    }

    /** A row that cannot be read is refused by itself, as one is that the domain refuses. */
    private void importBatch(Caller caller, List<ImportUsersRequest> batch, ImportTally tally) {
        List<UserCommands.ImportRow> rows = new ArrayList<>();
        Map<Integer, ImportOutcome> unreadable = new HashMap<>();
        for (int place = 0; place < batch.size(); place++) {
            try {
                rows.add(row(batch.get(place)));
            } catch (Refusal refusal) {
                unreadable.put(place, ImportOutcome.refused(refusal));
            }
        }
        Iterator<ImportOutcome> outcomes = (rows.isEmpty() && !batch.isEmpty()
                        ? List.<ImportOutcome>of()
                        : upserts.importAll(caller, rows))
                .iterator();
        for (int place = 0; place < batch.size(); place++) {
            tally.add(unreadable.containsKey(place) ? unreadable.get(place) : outcomes.next());
        }
    }

    private static UserCommands.ImportRow row(ImportUsersRequest request) {
        UnknownFields.refuse(request);
        return new UserCommands.ImportRow(
                request.hasId() ? request.getId() : null,
                fields(request.getFields()),
                Wire.instant("created_at", request.hasCreatedAt(), request.getCreatedAt()));
    }

    private static UserCommands.Fields fields(UserFields fields) {
        return new UserCommands.Fields(
                fields.hasExternalId() ? fields.getExternalId() : null,
                fields.hasUsername() ? fields.getUsername() : null,
                fields.hasFirstName() ? fields.getFirstName() : null,
                fields.hasLastName() ? fields.getLastName() : null,
                fields.hasEmailAddress() ? fields.getEmailAddress() : null,
                fields.hasPhoneNumber() ? fields.getPhoneNumber() : null,
                fields.hasImageUrl() ? fields.getImageUrl() : null,
                fields.hasBanned() ? fields.getBanned() : null,
                fields.hasCreateOrganizationEnabled() ? fields.getCreateOrganizationEnabled() : null,
                fields.hasCreateOrganizationsLimit() ? fields.getCreateOrganizationsLimit() : null,
                Wire.instant("last_active_at", fields.hasLastActiveAt(), fields.getLastActiveAt()));
    }

    private static UserCommands.Filter filter(UserFilter filter) {
        return new UserCommands.Filter(
                filter.getUserIdList(),
                filter.getExternalIdList(),
                filter.getEmailAddressList(),
                filter.getPhoneNumberList(),
                filter.getUsernameList(),
                filter.getOrganizationIdList(),
                text(filter.getQuery()),
                text(filter.getEmailAddressQuery()),
                text(filter.getPhoneNumberQuery()),
                text(filter.getUsernameQuery()),
                text(filter.getNameQuery()),
                filter.hasBanned() ? filter.getBanned() : null,
                Wire.instant("last_active_at_before", filter.hasLastActiveAtBefore(), filter.getLastActiveAtBefore()),
                Wire.instant("last_active_at_after", filter.hasLastActiveAtAfter(), filter.getLastActiveAtAfter()),
                Wire.instant("created_at_before", filter.hasCreatedAtBefore(), filter.getCreatedAtBefore()),
                Wire.instant("created_at_after", filter.hasCreatedAtAfter(), filter.getCreatedAtAfter()));
    }

    private static User message(UserView view) {
        User.Builder message = User.newBuilder()
                .setId(view.id())
                .setHasImage(view.hasImage())
                .setBanned(view.banned())
                .setCreateOrganizationEnabled(view.createOrganizationEnabled())
                .setCreatedAt(Wire.timestamp(view.createdAt()))
                .setUpdatedAt(Wire.timestamp(view.updatedAt()))
                .setEtag(view.etag());
        if (view.externalId() != null) {
            message.setExternalId(view.externalId());
        }
        if (view.username() != null) {
            message.setUsername(view.username());
        }
        if (view.firstName() != null) {
            message.setFirstName(view.firstName());
        }
        if (view.lastName() != null) {
            message.setLastName(view.lastName());
        }
        if (view.emailAddress() != null) {
            message.setEmailAddress(view.emailAddress());
        }
        if (view.phoneNumber() != null) {
            message.setPhoneNumber(view.phoneNumber());
        }
        if (view.imageUrl() != null) {
            message.setImageUrl(view.imageUrl());
        }
        if (view.createOrganizationsLimit() != null) {
            message.setCreateOrganizationsLimit(view.createOrganizationsLimit());
        }
        if (view.lastActiveAt() != null) {
            message.setLastActiveAt(Wire.timestamp(view.lastActiveAt()));
        }
        return message.build();
    }

    private static ImportUsersResponse message(ImportTally tally) {
        ImportUsersResponse.Builder message = ImportUsersResponse.newBuilder()
                .setCreated(tally.created())
                .setUpdated(tally.updated())
                .setUnchanged(tally.unchanged())
                .setRefused(tally.refused());
        for (ImportTally.Refused refused : tally.refusals()) {
            ImportRefusal.Builder refusal = ImportRefusal.newBuilder()
                    .setIndex(refused.index())
                    .setReason(refused.reason())
                    .setMessage(refused.message());
            if (refused.field() != null) {
                refusal.setField(refused.field());
            }
            message.addRefusals(refusal);
        }
        return message.build();
    }
}
