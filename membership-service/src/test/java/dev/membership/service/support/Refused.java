package dev.membership.service.support;

import java.util.Map;

/** What a door answered when it refused: the catalogue's code and meta, whichever the door. */
public class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String code;
    private final transient Map<String, String> meta;

    public Refused(String code, String message, Map<String, String> meta) {
        super(code + " " + meta + ": " + message);
        this.code = code;
        this.meta = meta;
    }

    public String code() {
        return code;
    }

    public Map<String, String> meta() {
        return meta;
    }

    /** The field that was refused. */
    public String param() {
        return meta.get("param_name");
    }
}
