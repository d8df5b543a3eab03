package dev.membership.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;

/** What is known of the demo between starts: written at each step, so that a killed one goes on where it was. */
final class DemoState {
    static final String INSTANCE = "instanceId";
    static final String SECRET_KEY = "secretKey";
    static final String ORGANIZATION = "organizationId";
    static final String ADMIN = "adminUserId";
    static final String MEMBER = "memberUserId";
    static final String NEWCOMER = "newcomerUserId";
    static final String COMPLETE = "complete";

    private final Path file;
    private final Map<String, String> values = new LinkedHashMap<>();

    private DemoState(Path file) {
        this.file = file;
    }

    /** A file that is missing or unreadable is as none: everything in it can be found or made anew. */
    static DemoState load(Path file) throws IOException {
        DemoState state = new DemoState(file);
        if (Files.exists(file)) {
            try {
                JsonUtil.parseJson(Files.readString(file))
                        .forEach((name, value) -> state.values.put(name, String.valueOf(value)));
            } catch (JoseException e) {
                System.err.println(file + " is not readable and is made anew: " + e.getMessage());
            }
        }
        return state;
    }

    String get(String name) {
        return values.getOrDefault(name, "");
    }

    boolean complete() {
        return Boolean.parseBoolean(get(COMPLETE));
    }

    void put(String name, String value) throws IOException {
        values.put(name, value);
        DataFolder.writeSecret(file, JsonUtil.toJson(new TreeMap<String, Object>(values)) + "\n");
    }

    void forget() {
        values.clear();
    }
}
