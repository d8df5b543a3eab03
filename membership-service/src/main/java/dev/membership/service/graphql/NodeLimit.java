package dev.membership.service.graphql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import graphql.execution.AbortExecutionException;
import graphql.execution.ExecutionContext;
import graphql.language.Document;
import graphql.language.OperationDefinition;

/**
 * How much a query may ask for: how many fields, how deep, and how many nodes, which are the rows of each list, times those
 * of the lists around it, whether there are so many or not. Depth and fields alone do not bound an answer: lists lead to
 * organizations and users, and these to lists.
 */
final class NodeLimit {
    /** Some 20 MB while an answer is made. A page of 500 may have lists of 19 below it. */
    static final int MOST_NODES = 10_000;

    private static final int MOST_FIELDS = 500;
    private static final int DEEPEST = 12;

    /**
     * What documents of the framework's cache come to, each with one operation and no variable that has a say in it: to find it
     * out means walking through the document. By identity: the cache gives the same document for the same text.
     */
    private final Cache<Document, QuerySize.Total> known =
            Caffeine.newBuilder().weakKeys().build();

    /** @throws AbortExecutionException it asks for more */
    void require(ExecutionContext query) {
        Document document = query.getDocument();
        if (known.getIfPresent(document) != null) {
            return;
        }
        QuerySize.Total size = QuerySize.of(query);
        if (size.fields() > MOST_FIELDS) {
            throw new AbortExecutionException("The query has more than " + MOST_FIELDS
                    + " fields, those of a fragment each time that it is used.");
        }
        if (size.depth() > DEEPEST) {
            throw new AbortExecutionException("The query is deeper than " + DEEPEST + " fields.");
        }
        if (size.nodes() > MOST_NODES) {
            throw new AbortExecutionException("The query asks for more than " + MOST_NODES
                    + " nodes: the rows of its lists, times those of the lists around them. Ask for smaller pages, or for less"
                    + " of each row.");
        }
        if (!size.varies()
                && document.getDefinitionsOfType(OperationDefinition.class).size() == 1) {
            known.put(document, size);
        }
    }
}
