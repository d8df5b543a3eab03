package dev.membership.service.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import java.util.List;

/**
 * Refuses fields the service does not know. Ignoring them, as Protobuf would, could do something else than was asked: a
 * filter that is passed over shows too much.
 */
final class UnknownFields {
    private static final String PLAIN = "google.protobuf.";

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
        message.getAllFields().forEach(UnknownFields::refuse);
    }

    private static void refuse(FieldDescriptor field, Object value) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
                || field.getMessageType().getFullName().startsWith(PLAIN)) {
            return;
        }
        if (value instanceof List<?> messages) {
            messages.forEach(element -> refuse((Message) element));
        } else {
            refuse((Message) value);
        }
    }
}
