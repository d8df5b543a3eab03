package dev.membership.service.support;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A client of one door, so that a scenario is written once and runs through both. Operations bear their gRPC names and
 * arguments the contract's snake case names, whichever the door; answers are JSON with camel case names.
 */
public interface Door {
    /** @throws Refused what the door answered instead */
    JsonNode call(String credential, String operation, Map<String, Object> arguments);

    /** The page that a list operation answered, in one shape for both doors. */
    Listed list(String credential, String operation, Map<String, Object> arguments);

    /** @param next token of the next page; empty on the last one */
    record Listed(java.util.List<JsonNode> items, String next, Long total) {}

    /** Arguments as pairs; a null value leaves its argument out. */
    static Map<String, Object> args(Object... namesAndValues) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i + 1] != null) {
                arguments.put((String) namesAndValues[i], namesAndValues[i + 1]);
            }
        }
        return arguments;
    }
}
