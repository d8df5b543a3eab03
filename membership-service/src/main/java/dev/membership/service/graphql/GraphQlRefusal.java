package dev.membership.service.graphql;

import dev.membership.domain.error.Refusal;
import graphql.ErrorClassification;
import graphql.ErrorType;
import graphql.GraphQLError;
import graphql.language.SourceLocation;
import java.util.List;
import java.util.Map;

/**
 * A refusal as GraphQL tells it: {@code extensions.code} is the catalogue's word, {@code extensions.meta} what a program
 * needs to know of the case, such as the field that was refused. The framework's own way, an ErrorExtensionProvider, is
 * not open for {@code code}: its built-in one, which names the exception's class, always has the last word.
 */
public final class GraphQlRefusal extends RuntimeException implements GraphQLError {
    private static final long serialVersionUID = 1L;
    private final transient Refusal refusal;

    GraphQlRefusal(Refusal refusal) {
        super(refusal.getMessage(), refusal, false, false);
        this.refusal = refusal;
    }

    @Override
    public List<SourceLocation> getLocations() {
        return List.of();
    }

    @Override
    public ErrorClassification getErrorType() {
        return ErrorType.DataFetchingException;
    }

    @Override
    public Map<String, Object> getExtensions() {
        return Map.of("code", refusal.code().code(), "meta", refusal.meta());
    }
}
