package dev.membership.service.graphql;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import io.smallrye.graphql.api.ErrorExtensionProvider;
import jakarta.json.Json;
import jakarta.json.JsonString;

/** {@code extensions.code}: the catalogue's word for a refusal. */
public class CodeExtension implements ErrorExtensionProvider {
    @Override
    public String getKey() {
        return "code";
    }

    @Override
    public JsonString mapValueFrom(Throwable failure) {
        return Json.createValue(
                (failure instanceof Refusal refusal ? refusal.code() : ErrorCode.FORM_PARAM_VALUE_INVALID).code());
    }
}
