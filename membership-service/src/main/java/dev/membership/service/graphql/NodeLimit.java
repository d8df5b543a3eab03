package dev.membership.service.graphql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.domain.paging.PageRequest;
import graphql.ExecutionResult;
import graphql.execution.AbortExecutionException;
import graphql.execution.ExecutionContext;
import graphql.execution.instrumentation.InstrumentationContext;
import graphql.execution.instrumentation.SimpleInstrumentationContext;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How much a query may ask for: how many fields, how deep, and how many nodes, which are the rows of each list, times those
 * of the lists around it, whether there are so many or not. Depth and fields alone do not bound an answer: lists lead to
 * organizations and users, and these to lists. And how many nodes all queries together may ask for, by how large the heap is.
 */
final class NodeLimit {
    /** A page of 500 may have lists of 19 below it. */
    private static final int MOST_NODES = 10_000;

    /** What a node takes of the heap while an answer is made that has most of the fields which count as one. */
    private static final int BYTES_FOR_A_NODE = 16 * 1024;

    private static final int MOST_FIELDS = 500;
    private static final int DEEPEST = 12;

    /**
     * What documents of the framework's cache come to, each with one operation and no variable that has a say in it: to find it
     * out means walking through the document. By identity: the cache gives the same document for the same text.
     */
    private final Cache<Document, QuerySize.Total> known =
            Caffeine.newBuilder().weakKeys().build();

    /**
     * For the nodes of all queries under way that ask for more than a page; null until there is one: a native executable has
     * this object from its build, and its heap only now.
     */
    private final AtomicReference<@Nullable Semaphore> room = new AtomicReference<>();

    /**
     * Lets a query begin.
     *
     * @return gives the room for its nodes back when it has ended
     * @throws AbortExecutionException it asks for more than it may, or for more than there is room for now
     */
    InstrumentationContext<ExecutionResult> enter(ExecutionContext query) {
        int nodes = Math.toIntExact(permitted(query).nodes());
        if (nodes <= PageRequest.MAX_SIZE) {
            return SimpleInstrumentationContext.noOp();
        }
        Semaphore free = room.updateAndGet(made -> made == null ? room() : made);
        if (!free.tryAcquire(nodes)) {
            throw new AbortExecutionException(List.of(new GraphQlRefusal(new Refusal(ErrorCode.TOO_MANY_REQUESTS))));
        }
        return SimpleInstrumentationContext.whenCompleted((result, failure) -> free.release(nodes));
    }

    private static Semaphore room() {
        long nodes = Runtime.getRuntime().maxMemory() / BYTES_FOR_A_NODE;
        return new Semaphore(Math.clamp(nodes, MOST_NODES, Integer.MAX_VALUE));
    }

    private QuerySize.Total permitted(ExecutionContext query) {
        Document document = query.getDocument();
        QuerySize.Total before = known.getIfPresent(document);
        if (before != null) {
            return before;
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
        return size;
    }
}
