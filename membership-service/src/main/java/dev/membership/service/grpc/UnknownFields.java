package dev.membership.service.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Refuses fields the service does not know. Ignoring them, as Protobuf would, could do something else than was asked: a
 * filter that is passed over shows too much.
 */
final class UnknownFields {
    private static final String PLAIN = "google.protobuf.";
    /** By type, the fields that are messages themselves. */
    private static final ConcurrentMap<Descriptor, List<FieldDescriptor>> NESTED = new ConcurrentHashMap<>();

    private UnknownFields() {}

    static void refuse(Message message) {
        if (UnreadableRequests.isUnreadable(message)) {
            throw new Refusal(ErrorCode.REQUEST_BODY_INVALID);
        }
        message.getUnknownFields().asMap().keySet().stream().findFirst().ifPresent(number -> {
            throw Refusal.field(
                    ErrorCode.FORM_PARAM_UNKNOWN,
                    "field " + number,
                    message.getDescriptorForType().getName() + " has no field " + number + ".");
        });
        for (FieldDescriptor field : NESTED.computeIfAbsent(message.getDescriptorForType(), UnknownFields::nested)) {
            if (field.isRepeated()) {
                ((List<?>) message.getField(field)).forEach(element -> refuse((Message) element));
            } else if (message.hasField(field)) {
                refuse((Message) message.getField(field));
            }
        }
    }

    private static List<FieldDescriptor> nested(Descriptor type) {
        return type.getFields().stream()
                .filter(field -> field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                        && !field.getMessageType().getFullName().startsWith(PLAIN))
                .toList();
    }
}
