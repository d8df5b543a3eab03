package dev.membership.service.grpc;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.service.error.Failures;
import dev.membership.service.error.Refusals;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Refusals as {@code google.rpc.Status}: an ErrorInfo whose reason is the code in upper case, and what clients know how to
 * read for a bad field, a limit or a wait.
 */
// Protobuf finds the fields of a message by reflection; Quarkus registers the contract's messages for it, not these.
@RegisterForReflection(targets = {BadRequest.class, ErrorInfo.class, QuotaFailure.class, RetryInfo.class, Status.class})
@ApplicationScoped
class GrpcErrors {
    static final String DOMAIN = "membership";
    private static final com.google.protobuf.Duration RETRY_AFTER =
            com.google.protobuf.Duration.newBuilder().setSeconds(1).build();

    private final Failures failures;

    GrpcErrors(Failures failures) {
        this.failures = failures;
    }

    /** What a call is answered that was begun. */
    StatusRuntimeException refused(String operation, Throwable failure) {
        if (failure instanceof StatusRuntimeException status) {
            return status;
        }
        Refusal refusal = failures.refusal(failure);
        Refusals.count(Refusals.Door.GRPC, operation, refusal.code());
        return status(refusal);
    }

    StatusRuntimeException status(Refusal refusal) {
        Status.Builder status = Status.newBuilder()
                .setCode(Code.valueOf(refusal.code().status().name()).value())
                .setMessage(refusal.getMessage())
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(refusal.code().name())
                        .setDomain(DOMAIN)
                        .putAllMetadata(metadata(refusal.meta()))
                        .build()));
        if (refusal.code().status() == dev.membership.domain.error.Status.INVALID_ARGUMENT
                && refusal.meta().get("param_name") instanceof String field) {
            status.addDetails(Any.pack(BadRequest.newBuilder()
                    .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                            .setField(field)
                            .setReason(refusal.code().name())
                            .setDescription(refusal.getMessage()))
                    .build()));
        }
        if (refusal.code() == ErrorCode.ORGANIZATION_MEMBERSHIP_QUOTA_EXCEEDED
                || refusal.code() == ErrorCode.ORGANIZATION_INSTANCE_ROLES_QUOTA_EXCEEDED
                || refusal.code() == ErrorCode.ORG_CREATION_LIMIT_EXCEEDED) {
            status.addDetails(Any.pack(QuotaFailure.newBuilder()
                    .addViolations(QuotaFailure.Violation.newBuilder()
                            .setSubject(refusal.code().code())
                            .setDescription(refusal.getMessage()))
                    .build()));
        }
        if (refusal.code().status().passes()) {
            status.addDetails(
                    Any.pack(RetryInfo.newBuilder().setRetryDelay(RETRY_AFTER).build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private static Map<String, String> metadata(Map<String, Object> meta) {
        return meta.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> text(entry.getValue())));
    }

    private static String text(Object value) {
        return value instanceof List<?> values
                ? values.stream().map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(value);
    }
}
