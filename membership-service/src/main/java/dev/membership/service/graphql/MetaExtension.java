package dev.membership.service.graphql;

import dev.membership.domain.error.Refusal;
import io.smallrye.graphql.api.ErrorExtensionProvider;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.Map;

/** {@code extensions.meta}: what a program needs to know of the case, such as the field that was refused. */
public class MetaExtension implements ErrorExtensionProvider {
    @Override
    public String getKey() {
        return "meta";
    }

    @Override
    public JsonObject mapValueFrom(Throwable failure) {
        return Json.createObjectBuilder(failure instanceof Refusal refusal ? refusal.meta() : Map.of())
                .build();
    }
}
