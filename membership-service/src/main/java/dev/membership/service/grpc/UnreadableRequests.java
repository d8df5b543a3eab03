package dev.membership.service.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.membership.admin.v1.MutinyAdminServiceGrpc;
import dev.membership.v1.MutinyInstanceServiceGrpc;
import dev.membership.v1.MutinyMembershipServiceGrpc;
import dev.membership.v1.MutinyOrganizationServiceGrpc;
import dev.membership.v1.MutinyRoleServiceGrpc;
import dev.membership.v1.MutinyUserServiceGrpc;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import jakarta.annotation.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings requests that cannot be read (not Protobuf, text that is not UTF-8, nested too deeply) to where all others are
 * answered, so that the caller is asked for first and hears that the fault is its own. gRPC by itself answers UNKNOWN.
 */
final class UnreadableRequests {
    /** The highest number a field can have: an unknown field of that number stands for a request that cannot be read. */
    private static final int MARK = (1 << 29) - 1;

    private static final UnknownFieldSet UNREADABLE = UnknownFieldSet.newBuilder()
            .addField(MARK, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();

    private UnreadableRequests() {}

    static boolean isUnreadable(Message request) {
        return request.getUnknownFields().hasField(MARK);
    }

    // One for each service: a single one for all would take in the framework's health service, whose method is final.

    @Decorator
    @Priority(1)
    abstract static class OfOrganizations implements BindableService {
        @Inject
        @Delegate
        @Any
        MutinyOrganizationServiceGrpc.OrganizationServiceImplBase service;

        @Override
        public ServerServiceDefinition bindService() {
            return reading(service.bindService());
        }
    }

    @Decorator
    @Priority(1)
    abstract static class OfMemberships implements BindableService {
        @Inject
        @Delegate
        @Any
        MutinyMembershipServiceGrpc.MembershipServiceImplBase service;

        @Override
        public ServerServiceDefinition bindService() {
            return reading(service.bindService());
        }
    }

    @Decorator
    @Priority(1)
    abstract static class OfRoles implements BindableService {
        @Inject
        @Delegate
        @Any
        MutinyRoleServiceGrpc.RoleServiceImplBase service;

        @Override
        public ServerServiceDefinition bindService() {
            return reading(service.bindService());
        }
    }

    @Decorator
    @Priority(1)
    abstract static class OfUsers implements BindableService {
        @Inject
        @Delegate
        @Any
        MutinyUserServiceGrpc.UserServiceImplBase service;

        @Override
        public ServerServiceDefinition bindService() {
            return reading(service.bindService());
        }
    }

    @Decorator
    @Priority(1)
    abstract static class OfInstances implements BindableService {
        @Inject
        @Delegate
        @Any
        MutinyInstanceServiceGrpc.InstanceServiceImplBase service;

        @Override
        public ServerServiceDefinition bindService() {
            return reading(service.bindService());
        }
    }

    @Decorator
    @Priority(1)
    abstract static class OfAdmin implements BindableService {
        @Inject
        @Delegate
        @Any
        MutinyAdminServiceGrpc.AdminServiceImplBase service;

        @Override
        public ServerServiceDefinition bindService() {
            return reading(service.bindService());
        }
    }

    private static ServerServiceDefinition reading(ServerServiceDefinition definition) {
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        definition.getMethods().forEach(method -> methods.add(reading(method)));
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(
                        definition.getServiceDescriptor().getName())
                .setSchemaDescriptor(definition.getServiceDescriptor().getSchemaDescriptor());
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder builder = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(builder::addMethod);
        return builder.build();
    }

    private static <Q, A> ServerMethodDefinition<Q, A> reading(ServerMethodDefinition<Q, A> method) {
        MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
        return descriptor.getRequestMarshaller() instanceof PrototypeMarshaller<Q> present
                        && present.getMessagePrototype() instanceof Message
                ? ServerMethodDefinition.create(
                        descriptor.toBuilder()
                                .setRequestMarshaller(new Reading<>(present))
                                .build(),
                        method.getServerCallHandler())
                : method;
    }

    private record Reading<Q>(PrototypeMarshaller<Q> marshaller) implements Marshaller<Q> {
        @Override
        public InputStream stream(Q request) {
            return marshaller.stream(request);
        }

        @Override
        @SuppressWarnings("unchecked")
        public Q parse(InputStream bytes) {
            try {
                return marshaller.parse(bytes);
            } catch (StatusRuntimeException failure) {
                if (failure.getCause() instanceof InvalidProtocolBufferException) {
                    return (Q) ((Message) marshaller.getMessagePrototype())
                            .newBuilderForType()
                            .setUnknownFields(UNREADABLE)
                            .build();
                }
                throw failure;
            }
        }
    }
}
