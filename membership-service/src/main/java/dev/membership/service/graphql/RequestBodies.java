package dev.membership.service.graphql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import dev.membership.service.security.HttpAuthentication;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Reads each body before the framework does: that answers 500 to variables that are no object and to what is nested deeply,
 * takes bytes that are not UTF-8 for question marks, and is busy for seconds with a number of very many digits in a document.
 */
@ApplicationScoped
class RequestBodies {
    /** After the caller is known, before the framework's own route. */
    private static final int ORDER = -1_000;

    /** Metadata may be nested 32 deep; a request adds a few levels of its own. */
    private static final int DEEPEST = 200;

    /** As in JSON; no type of the schema has numbers nearly as long. */
    private static final Pattern NUMBER_TOO_LONG =
            Pattern.compile("(?<![0-9])[0-9]{" + (StreamReadConstraints.DEFAULT_MAX_NUM_LEN + 1) + "}");

    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build());

    private final MemorySize largest;

    RequestBodies(@ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize largest) {
        this.largest = largest;
    }

    void register(@Observes Router router) {
        router.post("/graphql")
                .order(ORDER)
                .handler(BodyHandler.create(false).setBodyLimit(largest.asLongValue()))
                .handler(RequestBodies::check);
    }

    private static void check(RoutingContext request) {
        String type = request.request().getHeader(HttpHeaders.CONTENT_TYPE);
        boolean document = type != null && type.startsWith("application/graphql");
        if (document ? isReadable(request.body().asString()) : isRequest(request)) {
            request.next();
        } else {
            HttpAuthentication.refuse(request, new Refusal(ErrorCode.REQUEST_BODY_INVALID));
        }
    }

    private static boolean isRequest(RoutingContext request) {
        if (request.body().buffer() == null) {
            return false;
        }
        try {
            JsonNode body = JSON.readTree(request.body().buffer().getBytes());
            return body.isObject()
                    && isReadable(body.path("query").asText())
                    && (!body.hasNonNull("variables") || body.get("variables").isObject());
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static boolean isReadable(@Nullable String document) {
        return document == null || !NUMBER_TOO_LONG.matcher(document).find();
    }
}
