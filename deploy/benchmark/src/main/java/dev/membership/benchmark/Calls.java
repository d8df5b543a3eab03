package dev.membership.benchmark;

import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import dev.membership.benchmark.Population.Member;
import dev.membership.v1.BatchCheckPermissionsRequest;
import dev.membership.v1.CheckPermissionRequest;
import dev.membership.v1.CreateMembershipRequest;
import dev.membership.v1.DeleteMembershipRequest;
import dev.membership.v1.GetMembershipRequest;
import dev.membership.v1.ListMembershipsRequest;
import dev.membership.v1.MembershipFilter;
import dev.membership.v1.MembershipServiceGrpc;
import dev.membership.v1.UpdateMembershipRequest;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * The calls that are measured, by name. Those that add, change or remove go on where they stopped, so that no run meets
 * the rows of an earlier one.
 */
final class Calls {
    static final String CHECKED_PERMISSION = "org:sys_memberships:read";
    private static final int BATCH = 100;
    private static final int PAGE = 50;

    private final Map<Kind, Map<Population, AtomicLong>> turns = new EnumMap<>(Kind.class);

    /** What is called. */
    enum Kind {
        /** Asks for the health of the server as a whole, which costs it nothing but the call itself. */
        NOTHING(MethodDescriptor.<Empty, Empty>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("grpc.health.v1.Health/Check")
                .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
                .build()),
        GET(MembershipServiceGrpc.getGetMembershipMethod()),
        CHECK(MembershipServiceGrpc.getCheckPermissionMethod()),
        BATCH_CHECK(MembershipServiceGrpc.getBatchCheckPermissionsMethod()),
        LIST(MembershipServiceGrpc.getListMembershipsMethod()),
        LIST_OF_USER(MembershipServiceGrpc.getListMembershipsMethod()),
        CREATE(MembershipServiceGrpc.getCreateMembershipMethod()),
        UPDATE(MembershipServiceGrpc.getUpdateMembershipMethod()),
        DELETE(MembershipServiceGrpc.getDeleteMembershipMethod());

        final MethodDescriptor<? extends Message, ?> method;

        Kind(MethodDescriptor<? extends Message, ?> method) {
            this.method = method;
        }
    }

    /**
     * Makes the next request.
     *
     * @param options of a list: {@code order_by}, {@code page_token}, {@code skip}, {@code role}, {@code query}; of a user's
     *     list {@code user}, with any value: the one in 2,000 organizations
     */
    Message next(Kind kind, Population population, Map<String, String> options) {
        return switch (kind) {
            case NOTHING -> Empty.getDefaultInstance();
            case GET -> get(population.random());
            case CHECK -> check(population.random());
            case BATCH_CHECK ->
                BatchCheckPermissionsRequest.newBuilder()
                        .addAllChecks(IntStream.range(0, BATCH)
                                .mapToObj(i -> check(population.random()))
                                .toList())
                        .build();
            case LIST ->
                list(options).setOrganizationId(population.organizationId()).build();
            case LIST_OF_USER ->
                list(options)
                        .setUserId(
                                options.containsKey("user")
                                        ? Member.userId(Population.BUSY_USER)
                                        : population.random().userId())
                        .build();
            case CREATE -> create(population.joining(turn(kind, population)));
            case UPDATE -> update(population.existing(turn(kind, population)));
            case DELETE -> delete(population.leaving(turn(kind, population)));
        };
    }

    private long turn(Kind kind, Population population) {
        return turns.computeIfAbsent(kind, any -> new EnumMap<>(Population.class))
                .computeIfAbsent(population, any -> new AtomicLong())
                .getAndIncrement();
    }

    private static GetMembershipRequest get(Member member) {
        return GetMembershipRequest.newBuilder()
                .setOrganizationId(member.organizationId())
                .setUserId(member.userId())
                .build();
    }

    private static CheckPermissionRequest check(Member member) {
        return CheckPermissionRequest.newBuilder()
                .setOrganizationId(member.organizationId())
                .setUserId(member.userId())
                .setPermission(CHECKED_PERMISSION)
                .build();
    }

    private static ListMembershipsRequest.Builder list(Map<String, String> options) {
        MembershipFilter.Builder filter = MembershipFilter.newBuilder().setQuery(options.getOrDefault("query", ""));
        if (options.containsKey("role")) {
            filter.addRole(options.get("role"));
        }
        return ListMembershipsRequest.newBuilder()
                .setPageSize(PAGE)
                .setOrderBy(options.getOrDefault("order_by", ""))
                .setPageToken(options.getOrDefault("page_token", ""))
                .setSkip(Integer.parseInt(options.getOrDefault("skip", "0")))
                .setFilter(filter);
    }

    private static CreateMembershipRequest create(Member member) {
        return CreateMembershipRequest.newBuilder()
                .setOrganizationId(member.organizationId())
                .setUserId(member.userId())
                .setRole("org:member")
                .build();
    }

    private static UpdateMembershipRequest update(Member member) {
        return UpdateMembershipRequest.newBuilder()
                .setOrganizationId(member.organizationId())
                .setUserId(member.userId())
                .setRole(Preparation.OTHER_ROLE)
                .build();
    }

    private static DeleteMembershipRequest delete(Member member) {
        return DeleteMembershipRequest.newBuilder()
                .setOrganizationId(member.organizationId())
                .setUserId(member.userId())
                .build();
    }
}
