package dev.membership.service.graphql;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import dev.membership.domain.error.ErrorCode;
import dev.membership.service.error.Refusals;
import graphql.ErrorType;
import graphql.ExceptionWhileDataFetching;
import graphql.ExecutionResult;
import graphql.GraphQLError;
import graphql.GraphqlErrorBuilder;
import graphql.execution.InputMapDefinesTooManyFieldsException;
import graphql.execution.NonNullableFieldWasNullError;
import graphql.execution.NonNullableValueCoercedAsNullException;
import graphql.execution.UnknownOperationException;
import graphql.validation.ValidationError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives the errors that the framework finds by itself, in a document or its variables, the catalogue's codes too, so that
 * callers of GraphQL need no second list of words.
 */
final class FrameworkErrors {
    private static final String CODE = "code";

    private static final String UNKNOWN_FIELD = "' contains a field not in '";
    private static final String MISSING_FIELD = "' is missing required fields '";

    /** Of a path, such as {@code filter.banned}, its end. */
    private static final String NAME = "'(?:[^']*\\.)?\\[?([A-Za-z_][A-Za-z0-9_]*)[^.']*'";

    private static final Pattern FIRST = Pattern.compile("^[^']*" + NAME);
    private static final Pattern LAST = Pattern.compile(NAME + "[^']*$");
    private static final SnakeCaseStrategy SNAKE_CASE = new SnakeCaseStrategy();

    private FrameworkErrors() {}

    static ExecutionResult coded(ExecutionResult result) {
        List<GraphQLError> errors = result.getErrors();
        if (errors.isEmpty()) {
            return result;
        }
        // Where one error left a field empty that cannot be, the framework tells of that as of a second one.
        List<GraphQLError> causes = errors.stream()
                .filter(error -> !(error instanceof NonNullableFieldWasNullError))
                .toList();
        return result.transform(builder -> builder.errors((causes.isEmpty() ? errors : causes)
                .stream().map(FrameworkErrors::coded).toList()));
    }

    private static GraphQLError coded(GraphQLError error) {
        Map<String, Object> extensions =
                new LinkedHashMap<>(error.getExtensions() == null ? Map.of() : error.getExtensions());
        boolean ours =
                error instanceof ExceptionWhileDataFetching failure && failure.getException() instanceof GraphQlRefusal;
        if (ours || extensions.containsKey(CODE)) {
            return error;
        }
        ErrorCode code = code(error);
        Refusals.count(Refusals.Door.GRAPHQL, Refusals.UNKNOWN, code);
        extensions.put(CODE, code.code());
        param(code, error.getMessage()).ifPresent(name -> extensions.put("meta", Map.of("param_name", name)));
        return GraphqlErrorBuilder.newError()
                .message("%s", error instanceof ExceptionWhileDataFetching ? code.text() : error.getMessage())
                .path(error.getPath() == null ? List.of() : error.getPath())
                .locations(error.getLocations() == null ? List.of() : error.getLocations())
                .errorType(error.getErrorType())
                .extensions(extensions)
                .build();
    }

    /** The framework tells the name in its text alone: it is the first that is quoted there, or else the last. */
    private static Optional<String> param(ErrorCode code, String message) {
        if (!List.of(code.metaKeys()).contains("param_name")) {
            return Optional.empty();
        }
        Matcher named =
                (message.contains(UNKNOWN_FIELD) || message.contains(MISSING_FIELD) ? LAST : FIRST).matcher(message);
        return named.find() ? Optional.of(SNAKE_CASE.translate(named.group(1))) : Optional.empty();
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
            case "WrongType" ->
                invalid.getMessage().contains(UNKNOWN_FIELD)
                        ? ErrorCode.FORM_PARAM_UNKNOWN
                        : invalid.getMessage().contains(MISSING_FIELD)
                                ? ErrorCode.FORM_PARAM_MISSING
                                : ErrorCode.FORM_PARAM_TYPE_INVALID;
            default -> ErrorCode.REQUEST_BODY_INVALID;
        };
    }
}
