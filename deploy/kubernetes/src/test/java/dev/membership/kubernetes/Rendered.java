package dev.membership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The objects that a kustomization makes. */
record Rendered(String folder, List<JsonNode> objects) {
    static final List<String> OVERLAYS =
            List.of("overlays/development", "overlays/production", "overlays/recovered", "overlays/managed");
    static final List<String> MIGRATIONS =
            List.of("migration/development", "migration/production", "migration/recovered", "migration/managed");
    static final YAMLMapper YAML = new YAMLMapper();

    private static final Set<String> WORKLOADS = Set.of("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob");
    private static final Map<String, Rendered> KNOWN = new ConcurrentHashMap<>();

    static Rendered of(String folder) {
        return KNOWN.computeIfAbsent(folder, Rendered::render);
    }

    List<JsonNode> all(String kind) {
        return objects.stream().filter(object -> kind(object).equals(kind)).toList();
    }

    JsonNode one(String kind, String name) {
        return find(kind, name).orElseThrow(() -> new AssertionError("no " + kind + " " + name + " in " + folder));
    }

    Optional<JsonNode> find(String kind, String name) {
        return all(kind).stream()
                .filter(object -> object.at("/metadata/name").asText().equals(name))
                .findFirst();
    }

    JsonNode deployment() {
        return one("Deployment", "membership");
    }

    JsonNode migration() {
        return one("Job", "membership-migration");
    }

    /** The settings that all pods of the service have. */
    JsonNode settings() {
        String name = deployment()
                .at("/spec/template/spec/containers/0/envFrom/0/configMapRef/name")
                .asText();
        return one("ConfigMap", name).path("data");
    }

    /** What has a pod template. */
    List<JsonNode> workloads() {
        return objects.stream()
                .filter(object -> WORKLOADS.contains(kind(object)))
                .toList();
    }

    static String kind(JsonNode object) {
        return object.path("kind").asText();
    }

    static List<JsonNode> containers(JsonNode workload) {
        JsonNode pod = workload.at("/spec/template/spec");
        return Stream.concat(elements(pod.path("initContainers")), elements(pod.path("containers")))
                .toList();
    }

    static Stream<JsonNode> elements(JsonNode array) {
        return array.valueStream();
    }

    /**
     * The same with another value at a place.
     *
     * @param value YAML; empty: nothing is there any more
     */
    Rendered with(String kind, String name, String pointer, String value) {
        JsonPointer place = JsonPointer.compile(pointer);
        List<JsonNode> changed = new ArrayList<>(objects);
        JsonNode object = one(kind, name).deepCopy();
        changed.set(objects.indexOf(one(kind, name)), object);
        JsonNode parent = object.at(place.head());
        String last = place.last().getMatchingProperty();
        try {
            JsonNode node = YAML.readTree(value);
            switch (parent) {
                case ObjectNode fields
                when value.isEmpty() -> assertThat(fields.remove(last)).isNotNull();
                case ObjectNode fields -> fields.set(last, node);
                case ArrayNode array when last.equals("-") -> array.add(node);
                case ArrayNode array when value.isEmpty() -> array.remove(Integer.parseInt(last));
                case ArrayNode array -> array.set(Integer.parseInt(last), node);
                default -> throw new AssertionError(pointer + " is not in " + object);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return new Rendered(folder, changed);
    }

    private static Rendered render(String folder) {
        Tools.Result result = Tools.run(Path.of("."), "", Tools.kubectl().toString(), "kustomize", folder);
        assertThat(result.status()).as(result.output()).isZero();
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(result.output())) {
            return new Rendered(folder, documents.readAll());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
