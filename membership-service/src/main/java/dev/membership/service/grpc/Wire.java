package dev.membership.service.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.metadata.Metadata;
import dev.membership.domain.paging.PageRequest;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Protobuf's values and the domain's. An empty text is an absent one, as Protobuf has it. */
final class Wire {
    static final String PAGE_TOKEN = "page_token";

    private Wire() {}

    static @Nullable String text(String value) {
        return value.isEmpty() ? null : value;
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /** @param present whether the field was sent */
    static @Nullable Instant instant(String param, boolean present, Timestamp timestamp) {
        if (!present) {
            return null;
        }
        try {
            return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
        } catch (DateTimeException | ArithmeticException outOfRange) {
            throw Refusal.field(ErrorCode.FORM_PARAM_VALUE_INVALID, param, param + " is not a time.");
        }
    }

    /** @param present whether the field was sent */
    static @Nullable Metadata metadata(String param, boolean present, Struct struct) {
        if (!present) {
            return null;
        }
        try {
            return Metadata.parse(
                    param,
                    JsonFormat.printer().omittingInsignificantWhitespace().print(struct));
        } catch (InvalidProtocolBufferException | IllegalArgumentException notJson) {
            throw Refusal.field(ErrorCode.FORM_PARAM_VALUE_INVALID, param, param + " is not JSON.");
        }
    }

    static Struct struct(Metadata metadata) {
        if (metadata.equals(Metadata.EMPTY)) {
            return Struct.getDefaultInstance();
        }
        try {
            Struct.Builder struct = Struct.newBuilder();
            JsonFormat.parser().merge(metadata.json(), struct);
            return struct.build();
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException("kept metadata is not JSON", impossible);
        }
    }

    static PageRequest page(int size, String token, int skip, boolean total) {
        return PageRequest.forward("page_size", size, PAGE_TOKEN, token, skip, total);
    }
}
