package dev.membership.local;

import dev.membership.v1.CreateMembershipRequest;
import dev.membership.v1.CreateOrganizationRequest;
import dev.membership.v1.CreatePermissionRequest;
import dev.membership.v1.CreateRoleRequest;
import dev.membership.v1.GetOrganizationRequest;
import dev.membership.v1.GetPermissionRequest;
import dev.membership.v1.GetRoleRequest;
import dev.membership.v1.ImportUsersRequest;
import dev.membership.v1.ImportUsersResponse;
import dev.membership.v1.InstanceServiceGrpc;
import dev.membership.v1.ListUsersRequest;
import dev.membership.v1.MembershipServiceGrpc;
import dev.membership.v1.OrganizationServiceGrpc;
import dev.membership.v1.RoleServiceGrpc;
import dev.membership.v1.UpdateOrganizationSettingsRequest;
import dev.membership.v1.User;
import dev.membership.v1.UserServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What is in the demo instance. Every step may be repeated: what is there already is left as it is. */
final class DemoContent {
    /** Members of the large organization. */
    static final int LARGE = 2_000;

    private static final String ADMIN = "org:admin";
    private static final String MEMBER = "org:member";
    private static final String BILLING_MANAGER = "org:billing_manager";

    /** Numbers of users with a part in what the launcher prints. */
    private static final int ADMIN_USER = 0;

    private static final int MEMBER_USER = 5;

    /** In no organization yet, so that somebody can be added. */
    private static final int NEWCOMER = LARGE;

    /** As many calls at a time as a small machine answers without queueing. */
    private static final int AT_ONCE = 8;

    private final ServiceClient client;
    private final DemoState state;
    private final String secret;

    DemoContent(ServiceClient client, DemoState state) {
        this.client = client;
        this.state = state;
        this.secret = state.get(DemoState.SECRET_KEY);
    }

    void ensure() throws IOException, InterruptedException {
        allowLargeOrganizations();
        ensureRole();
        Map<String, String> users = ensureUsers();
        IntFunction<String> user = number -> users.get(DemoPeople.externalId(number));
        String large = ensureOrganization("Northwind Logistics", "northwind", user.apply(ADMIN_USER));
        String middle = ensureOrganization("Bluebird Coffee", "bluebird", user.apply(1));
        String small = ensureOrganization("Atelier Sept", "atelier-sept", user.apply(2));
        ensureMembers(large, user, 1, LARGE);
        ensureMembers(middle, user, 2, 14);
        ensureMembers(small, user, 3, 8);
        state.put(DemoState.ORGANIZATION, large);
        state.put(DemoState.ADMIN, user.apply(ADMIN_USER));
        state.put(DemoState.MEMBER, user.apply(MEMBER_USER));
        state.put(DemoState.NEWCOMER, user.apply(NEWCOMER));
    }

    /** An instance begins with five memberships an organization. */
    private void allowLargeOrganizations() {
        client.stub(InstanceServiceGrpc::newBlockingStub, secret)
                .updateOrganizationSettings(UpdateOrganizationSettingsRequest.newBuilder()
                        .setMaxAllowedMemberships(0)
                        .build());
    }

    private void ensureRole() {
        List<String> permissions = List.of(
                ensurePermission("org:invoices:read", "Read invoices"),
                ensurePermission("org:invoices:manage", "Manage invoices"));
        var roles = client.stub(RoleServiceGrpc::newBlockingStub, secret);
        var known = ServiceClient.unless(
                Status.Code.NOT_FOUND,
                () -> roles.getRole(
                        GetRoleRequest.newBuilder().setKey(BILLING_MANAGER).build()));
        if (known.isEmpty()) {
            roles.createRole(CreateRoleRequest.newBuilder()
                    .setKey(BILLING_MANAGER)
                    .setName("Billing manager")
                    .setDescription("Reads and manages the organization's invoices")
                    .addAllPermissions(permissions)
                    .build());
        }
    }

    private String ensurePermission(String key, String name) {
        var roles = client.stub(RoleServiceGrpc::newBlockingStub, secret);
        return ServiceClient.unless(
                        Status.Code.NOT_FOUND,
                        () -> roles.getPermission(
                                GetPermissionRequest.newBuilder().setKey(key).build()))
                .orElseGet(() -> roles.createPermission(CreatePermissionRequest.newBuilder()
                        .setKey(key)
                        .setName(name)
                        .setDescription(name)
                        .build()))
                .getId();
    }

    /** Imports the users, by external id, and returns the id of each. */
    private Map<String, String> ensureUsers() {
        var users = client.stub(UserServiceGrpc::newStub, secret);
        CompletableFuture<ImportUsersResponse> imported = new CompletableFuture<>();
        StreamObserver<ImportUsersRequest> sink = users.importUsers(new StreamObserver<>() {
            @Override
            public void onNext(ImportUsersResponse answer) {
                imported.complete(answer);
            }

            @Override
            public void onError(Throwable failure) {
                imported.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                imported.completeExceptionally(new IllegalStateException("no answer"));
            }
        });
        DemoPeople.first(LARGE + 1).forEach(sink::onNext);
        sink.onCompleted();
        try {
            ImportUsersResponse answer = imported.join();
            if (answer.getRefused() > 0) {
                throw new LaunchException("The demo's users were refused: " + answer.getRefusals(0));
            }
        } catch (CompletionException e) {
            throw new LaunchException(
                    "The demo's users were not imported: " + e.getCause().getMessage(), e);
        }
        return userIds();
    }

    private Map<String, String> userIds() {
        var users = client.stub(UserServiceGrpc::newBlockingStub, secret);
        Map<String, String> ids = new HashMap<>();
        String page = "";
        do {
            var answer = users.listUsers(ListUsersRequest.newBuilder()
                    .setPageSize(500)
                    .setPageToken(page)
                    .build());
            for (User user : answer.getUsersList()) {
                if (user.getExternalId().startsWith(DemoPeople.EXTERNAL)) {
                    ids.put(user.getExternalId(), user.getId());
                }
            }
            page = answer.getNextPageToken();
        } while (!page.isEmpty());
        return ids;
    }

    private String ensureOrganization(String name, String slug, String creator) {
        var organizations = client.stub(OrganizationServiceGrpc::newBlockingStub, secret);
        return ServiceClient.unless(
                        Status.Code.NOT_FOUND,
                        () -> organizations.getOrganization(GetOrganizationRequest.newBuilder()
                                .setSlug(slug)
                                .build()))
                .orElseGet(() -> organizations.createOrganization(CreateOrganizationRequest.newBuilder()
                        .setName(name)
                        .setSlug(slug)
                        .setCreatedBy(creator)
                        .build()))
                .getId();
    }

    private void ensureMembers(String organization, IntFunction<String> user, int from, int to)
            throws InterruptedException {
        var memberships = client.stub(MembershipServiceGrpc::newBlockingStub, secret);
        List<Callable<Void>> calls = IntStream.range(from, to)
                .<Callable<Void>>mapToObj(number -> () -> {
                    CreateMembershipRequest request = CreateMembershipRequest.newBuilder()
                            .setOrganizationId(organization)
                            .setUserId(user.apply(number))
                            .setRole(role(number))
                            .build();
                    ServiceClient.unless(Status.Code.ALREADY_EXISTS, () -> memberships.createMembership(request));
                    return null;
                })
                .toList();
        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (Future<Void> call : threads.invokeAll(calls)) {
                call.get();
            }
        } catch (ExecutionException e) {
            throw new LaunchException(
                    "The demo's members were not added: " + e.getCause().getMessage(), e);
        }
    }

    /** Some of the named people have a part; all others are members. */
    private static String role(int number) {
        return switch (number) {
            case 3, 4 -> BILLING_MANAGER;
            case 6, 7 -> ADMIN;
            default -> MEMBER;
        };
    }
}
