package dev.membership.drills;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.rpc.RetryInfo;
import dev.membership.v1.CheckPermissionRequest;
import dev.membership.v1.CreateMembershipRequest;
import dev.membership.v1.DeleteMembershipRequest;
import dev.membership.v1.GetMembershipRequest;
import dev.membership.v1.ListMembershipsRequest;
import dev.membership.v1.Membership;
import dev.membership.v1.MembershipServiceGrpc;
import dev.membership.v1.MembershipServiceGrpc.MembershipServiceFutureStub;
import dev.membership.v1.UpdateMembershipRequest;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** gRPC, by one connection to each of the addresses, in turn: as a client does that resolves a headless Service. */
final class GrpcDoor implements Door, AutoCloseable {
    private static final String SCHEME = "ports";
    private static final int DEADLINE_SECONDS = 30;

    private final ManagedChannel channel;
    private final MembershipServiceFutureStub stub;

    static {
        NameResolverRegistry.getDefaultRegistry().register(new Ports());
    }

    GrpcDoor(String ports, String secretKey) {
        channel = NettyChannelBuilder.forTarget(SCHEME + ":///" + ports)
                .defaultLoadBalancingPolicy("round_robin")
                .usePlaintext()
                .directExecutor()
                .build();
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + secretKey);
        stub = MembershipServiceGrpc.newFutureStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Override
    public CompletableFuture<Outcome> send(Call call) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Futures.addCallback(
                answer(stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS), call),
                new FutureCallback<Object>() {
                    @Override
                    public void onSuccess(Object answer) {
                        outcome.complete(
                                answer instanceof Membership member
                                                && !member.getPublicUserData()
                                                        .getUserId()
                                                        .equals(call.userId())
                                        ? new Outcome("WRONG_ANSWER", member.getId(), false)
                                        : Outcome.well());
                    }

                    @Override
                    public void onFailure(Throwable failure) {
                        Status status = Status.fromThrowable(failure);
                        var details = StatusProto.fromThrowable(failure);
                        outcome.complete(new Outcome(
                                status.getCode().name(),
                                status.getDescription() == null ? "" : status.getDescription(),
                                details != null
                                        && details.getDetailsList().stream()
                                                .anyMatch(detail -> detail.is(RetryInfo.class))));
                    }
                },
                MoreExecutors.directExecutor());
        return outcome;
    }

    @Override
    public void close() {
        channel.shutdown();
    }

    private static ListenableFuture<?> answer(MembershipServiceFutureStub stub, Call call) {
        String organization = call.organizationId();
        String user = call.userId();
        return switch (call.kind()) {
            case GET ->
                stub.getMembership(GetMembershipRequest.newBuilder()
                        .setOrganizationId(organization)
                        .setUserId(user)
                        .build());
            case CHECK ->
                stub.checkPermission(CheckPermissionRequest.newBuilder()
                        .setOrganizationId(organization)
                        .setUserId(user)
                        .setPermission(Call.PERMISSION)
                        .build());
            case LIST ->
                stub.listMemberships(ListMembershipsRequest.newBuilder()
                        .setOrganizationId(organization)
                        .setPageSize(Call.PAGE)
                        .build());
            case CREATE ->
                stub.createMembership(CreateMembershipRequest.newBuilder()
                        .setOrganizationId(organization)
                        .setUserId(user)
                        .setRole(Call.ROLE)
                        .setRequestId(call.requestId())
                        .build());
            case UPDATE ->
                stub.updateMembership(UpdateMembershipRequest.newBuilder()
                        .setOrganizationId(organization)
                        .setUserId(user)
                        .setRole(Call.OTHER_ROLE)
                        .setRequestId(call.requestId())
                        .build());
            case DELETE ->
                stub.deleteMembership(DeleteMembershipRequest.newBuilder()
                        .setOrganizationId(organization)
                        .setUserId(user)
                        .setRequestId(call.requestId())
                        .build());
            case HEALTH ->
                HealthGrpc.newFutureStub(stub.getChannel())
                        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                        .check(HealthCheckRequest.getDefaultInstance());
        };
    }

    /** Stands for DNS: {@code ports:///9090,9091} are the addresses behind one name. */
    private static final class Ports extends NameResolverProvider {
        @Override
        public NameResolver newNameResolver(URI target, NameResolver.Args args) {
            List<EquivalentAddressGroup> addresses = Arrays.stream(
                            target.getPath().substring(1).split(","))
                    .map(port -> new EquivalentAddressGroup(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port))))
                    .toList();
            return new NameResolver() {
                @Override
                public String getServiceAuthority() {
                    return "localhost";
                }

                @Override
                public void start(Listener2 listener) {
                    listener.onResult(ResolutionResult.newBuilder()
                            .setAddressesOrError(io.grpc.StatusOr.fromValue(addresses))
                            .setAttributes(Attributes.EMPTY)
                            .build());
                }

                @Override
                public void shutdown() {
                    // Holds nothing.
                }
            };
        }

        @Override
        protected boolean isAvailable() {
            return true;
        }

        @Override
        protected int priority() {
            return 5;
        }

        @Override
        public String getDefaultScheme() {
            return SCHEME;
        }

        @Override
        public List<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
            return List.of(InetSocketAddress.class);
        }
    }
}
