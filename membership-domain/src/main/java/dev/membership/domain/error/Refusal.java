package dev.membership.domain.error;

import java.io.Serial;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A use case's answer "no": a word from the catalogue, and what a program needs to know of the case. */
public class Refusal extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient Map<String, Object> meta;

    public Refusal(ErrorCode code) {
        this(code, Map.of());
    }

    /** In the catalogue's own words. */
    public Refusal(ErrorCode code, Map<String, Object> meta) {
        this(code, code.text(), meta);
    }

    /**
     * @param message a sentence for the developer who reads it; never another instance's data
     * @param meta values are texts, numbers, or lists of texts
     */
    public Refusal(ErrorCode code, String message, Map<String, Object> meta) {
        super(message, null, false, false);
        this.code = code;
        this.meta = new TreeMap<>(meta);
    }

    /** A field that cannot be accepted; the name is the one in the gRPC contract, in snake case. */
    public static Refusal field(ErrorCode code, String paramName, String message) {
        return new Refusal(code, message, Map.of("param_name", paramName));
    }

    /** A field that exceeds {@code limit}, in the unit that the code implies: characters, bytes or elements. */
    public static Refusal fieldLimit(ErrorCode code, String paramName, long limit, String message) {
        return new Refusal(code, message, Map.of("param_name", paramName, "limit", limit));
    }

    /**
     * {@code resource_not_found}.
     *
     * @param resource its kind, in snake case, such as {@code membership}
     * @param paramName the field that names it
     */
    public static Refusal notFound(String resource, String paramName) {
        return new Refusal(
                ErrorCode.RESOURCE_NOT_FOUND,
                "There is no such " + resource + ".",
                Map.of("resource", resource, "param_name", paramName));
    }

    public static Refusal missingPermission(String... permissions) {
        return new Refusal(ErrorCode.MISSING_ORGANIZATION_PERMISSION, Map.of("permissions", List.of(permissions)));
    }

    public ErrorCode code() {
        return code;
    }

    /** Details by their keys, see {@link ErrorCode#metaKeys}: texts, numbers, or lists of texts; empty where there are none. */
    public Map<String, Object> meta() {
        return meta;
    }
}
