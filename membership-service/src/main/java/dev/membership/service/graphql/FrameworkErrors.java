package dev.membership.service.graphql;

import dev.membership.domain.error.ErrorCode;
import graphql.ErrorType;
import graphql.ExceptionWhileDataFetching;
import graphql.ExecutionResult;
import graphql.GraphQLError;
import graphql.GraphqlErrorBuilder;
import graphql.execution.InputMapDefinesTooManyFieldsException;
import graphql.execution.NonNullableValueCoercedAsNullException;
import graphql.execution.UnknownOperationException;
import graphql.validation.ValidationError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives the errors that the framework finds by itself, in a document or its variables, the catalogue's codes too, so that
 * callers of GraphQL need no second list of words.
 */
final class FrameworkErrors {
    private static final String CODE = "code";

    private FrameworkErrors() {}

    static ExecutionResult coded(ExecutionResult result) {
        return result.getErrors().isEmpty()
                ? result
                : result.transform(builder -> builder.errors(
                        result.getErrors().stream().map(FrameworkErrors::coded).toList()));
    }

    private static GraphQLError coded(GraphQLError error) {
        Map<String, Object> extensions =
                new LinkedHashMap<>(error.getExtensions() == null ? Map.of() : error.getExtensions());
        boolean ours =
                error instanceof ExceptionWhileDataFetching failure && failure.getException() instanceof GraphQlRefusal;
        if (ours || extensions.containsKey(CODE)) {
            return error;
        }
        extensions.put(CODE, code(error).code());
        return GraphqlErrorBuilder.newError()
                .message("%s", error.getMessage())
                .path(error.getPath() == null ? List.of() : error.getPath())
                .locations(error.getLocations() == null ? List.of() : error.getLocations())
                .errorType(error.getErrorType())
                .extensions(extensions)
                .build();
    }

    private static ErrorCode code(GraphQLError error) {
        return switch (error) {
            case ValidationError invalid -> code(invalid);
            case InputMapDefinesTooManyFieldsException unknown -> ErrorCode.FORM_PARAM_UNKNOWN;
            case UnknownOperationException unknown -> ErrorCode.REQUEST_BODY_INVALID;
            case NonNullableValueCoercedAsNullException missing -> ErrorCode.FORM_PARAM_MISSING;
            // Operations and plain fields answer with GraphQlRefusal whatever fails in them: what is left fails while
            // arguments are read.
            case ExceptionWhileDataFetching unreadable -> ErrorCode.FORM_PARAM_TYPE_INVALID;
            default ->
                error.getErrorType() == ErrorType.ExecutionAborted
                        ? ErrorCode.REQUEST_BODY_TOO_LARGE
                        : error.getErrorType() == ErrorType.ValidationError
                                ? ErrorCode.FORM_PARAM_TYPE_INVALID
                                : ErrorCode.REQUEST_BODY_INVALID;
        };
    }

    private static ErrorCode code(ValidationError invalid) {
        return switch (String.valueOf(invalid.getValidationErrorType())) {
            case "UnknownArgument", "FieldUndefined", "UnknownDirective" -> ErrorCode.FORM_PARAM_UNKNOWN;
            case "MissingFieldArgument", "NullValueForNonNullArgument" -> ErrorCode.FORM_PARAM_MISSING;
            case "WrongType" -> ErrorCode.FORM_PARAM_TYPE_INVALID;
            default -> ErrorCode.REQUEST_BODY_INVALID;
        };
    }
}
