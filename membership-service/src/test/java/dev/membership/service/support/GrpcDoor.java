package dev.membership.service.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.ErrorInfo;
import dev.membership.admin.v1.AdminProto;
import dev.membership.v1.InstanceProto;
import dev.membership.v1.MembershipProto;
import dev.membership.v1.OrganizationProto;
import dev.membership.v1.RoleProto;
import dev.membership.v1.UserProto;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The gRPC door, called by the contract's descriptors. */
public final class GrpcDoor implements Door {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().alwaysPrintFieldsWithNoPresence().omittingInsignificantWhitespace();
    private static final Map<String, MethodDescriptor> METHODS = Stream.of(
                    OrganizationProto.getDescriptor(),
                    MembershipProto.getDescriptor(),
                    RoleProto.getDescriptor(),
                    UserProto.getDescriptor(),
                    InstanceProto.getDescriptor(),
                    AdminProto.getDescriptor())
            .flatMap(file -> file.getServices().stream())
            .flatMap(service -> service.getMethods().stream())
            .collect(Collectors.toMap(MethodDescriptor::getName, method -> method));

    private static final String PORT = "test.grpc-port";

    private final ManagedChannel channel;

    /** Whether it answers to the operator and to nobody else. */
    public static boolean isOfOperator(MethodDescriptor method) {
        return method.getService().equals(AdminProto.getDescriptor().findServiceByName("AdminService"));
    }

    /** The port of the application under test, through a system property because tests and resources may have different class loaders. */
    static void usePort(int port) {
        System.setProperty(PORT, Integer.toString(port));
    }

    public static int port() {
        return Integer.getInteger(PORT);
    }

    public GrpcDoor() {
        this(port());
    }

    public GrpcDoor(int port) {
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .build();
    }

    public static Map<String, MethodDescriptor> methods() {
        return METHODS;
    }

    public ManagedChannel channel() {
        return channel;
    }

    @Override
    public JsonNode call(String credential, String operation, Map<String, Object> arguments) {
        MethodDescriptor method = METHODS.get(operation);
        if (method.isClientStreaming()) {
            // The one argument is the list of what is streamed.
            List<?> rows = (List<?>) arguments.values().iterator().next();
            return json(stream(
                    credential,
                    method,
                    rows.stream().map(row -> message(method, row)).toList()));
        }
        return json(send(credential, method, message(method, arguments)));
    }

    private static DynamicMessage message(MethodDescriptor method, Object json) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(method.getInputType());
        try {
            JsonFormat.parser().merge(JSON.writeValueAsString(json), message);
        } catch (InvalidProtocolBufferException | JsonProcessingException unwritable) {
            throw new IllegalArgumentException(method.getName() + json, unwritable);
        }
        return message.build();
    }

    /** Sends all messages of a stream as fast as the other side takes them in. */
    public Message stream(String credential, MethodDescriptor method, Iterable<DynamicMessage> requests) {
        CompletableFuture<Message> answer = new CompletableFuture<>();
        ClientCalls.asyncClientStreamingCall(
                channel(credential).newCall(grpcMethod(method), CallOptions.DEFAULT),
                new ClientResponseObserver<DynamicMessage, DynamicMessage>() {
                    private final Iterator<DynamicMessage> next = requests.iterator();
                    private boolean done;

                    @Override
                    public void beforeStart(ClientCallStreamObserver<DynamicMessage> stream) {
                        stream.setOnReadyHandler(() -> {
                            while (stream.isReady() && !done) {
                                if (next.hasNext()) {
                                    stream.onNext(next.next());
                                } else {
                                    done = true;
                                    stream.onCompleted();
                                }
                            }
                        });
                    }

                    @Override
                    public void onNext(DynamicMessage message) {
                        answer.complete(message);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        done = true;
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        try {
            return answer.join();
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof StatusRuntimeException status ? refused(status) : failure;
        }
    }

    /** Sends any message, also one that the contract's JSON form cannot express. */
    public Message send(String credential, MethodDescriptor method, DynamicMessage request) {
        try {
            return ClientCalls.blockingUnaryCall(channel(credential), grpcMethod(method), CallOptions.DEFAULT, request);
        } catch (StatusRuntimeException failure) {
            throw refused(failure);
        }
    }

    private Channel channel(String credential) {
        Metadata headers = new Metadata();
        if (credential != null) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + credential);
        }
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Override
    public Listed list(String credential, String operation, Map<String, Object> arguments) {
        JsonNode page = call(credential, operation, arguments);
        JsonNode items = page.properties().stream()
                .map(Map.Entry::getValue)
                .filter(JsonNode::isArray)
                .findFirst()
                .orElseThrow();
        return new Listed(
                StreamSupport.stream(items.spliterator(), false).toList(),
                page.path("nextPageToken").asText(),
                page.hasNonNull("totalCount") ? page.get("totalCount").asLong() : null);
    }

    public static io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> grpcMethod(MethodDescriptor method) {
        return io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                .setType(
                        method.isClientStreaming()
                                ? io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING
                                : io.grpc.MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(io.grpc.MethodDescriptor.generateFullMethodName(
                        method.getService().getFullName(), method.getName()))
                .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
                .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
                .build();
    }

    private static JsonNode json(Message message) {
        try {
            return JSON.readTree(PRINTER.print(message));
        } catch (JsonProcessingException | InvalidProtocolBufferException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    public static RuntimeException refused(StatusRuntimeException failure) {
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        List<Any> details = status == null ? List.of() : status.getDetailsList();
        for (Any detail : details) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    ErrorInfo info = detail.unpack(ErrorInfo.class);
                    Refused refused = new Refused(
                            info.getReason().toLowerCase(Locale.ROOT),
                            failure.getStatus().getCode() + " " + status.getMessage(),
                            new LinkedHashMap<>(info.getMetadataMap()));
                    refused.initCause(failure);
                    return refused;
                } catch (InvalidProtocolBufferException unreadable) {
                    throw new IllegalStateException(unreadable);
                }
            }
        }
        return failure;
    }
}
