package dev.membership.service.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
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
import jakarta.enterprise.inject.Default;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings requests that cannot be read (not Protobuf, text that is not UTF-8, nested too deeply) to where all others are
 * answered, so that the caller is asked for first and hears that the fault is its own. gRPC by itself answers UNKNOWN.
 */
@Decorator
@Priority(1)
abstract class UnreadableRequests implements BindableService {
    /** The highest number a field can have: an unknown field of that number stands for a request that cannot be read. */
    private static final int MARK = (1 << 29) - 1;

    private static final UnknownFieldSet UNREADABLE = UnknownFieldSet.newBuilder()
            .addField(MARK, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();

    private final BindableService service;

    /** The health service has another qualifier, and needs none of this. */
    UnreadableRequests(@Delegate @Default BindableService service) {
        this.service = service;
    }

    static boolean isUnreadable(Message request) {
        return request.getUnknownFields().hasField(MARK);
    }

    @Override
    public ServerServiceDefinition bindService() {
        ServerServiceDefinition definition = service.bindService();
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
