package dev.membership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private static final JsonMapper JSON = new JsonMapper();
    /** Of the Barman Cloud plugin, whose schema is in no package. */
    private static final List<String> WITHOUT_SCHEMA = List.of("ObjectStore");

    @Test
    void everyObjectIsOneOfItsKind() throws IOException {
        List<JsonNode> objects = Stream.concat(Rendered.OVERLAYS.stream(), Rendered.MIGRATIONS.stream())
                .flatMap(folder -> Rendered.of(folder).objects().stream())
                .filter(object -> !WITHOUT_SCHEMA.contains(Rendered.kind(object)))
                .distinct()
                .toList();
        List<List<String>> errors = errors(objects);

        SoftAssertions softly = new SoftAssertions();
        for (int i = 0; i < objects.size(); i++) {
            softly.assertThat(errors.get(i)).as(objects.get(i).toString()).isEmpty();
        }
        softly.assertAll();
    }

    @Test
    void anObjectThatIsNotIsRefused() throws IOException {
        record Wrong(String kind, String name, String pointer, String value, String error) {}
        String container = "/spec/template/spec/containers/0";
        List<Wrong> wrong = List.of(
                new Wrong("Deployment", "membership", "/spec/replicass", "3", "\"replicass\"' does not exist"),
                new Wrong(
                        "Deployment",
                        "membership",
                        container + "/livenessProbe/httpGet/prot",
                        "1",
                        "\"prot\"' does not"),
                new Wrong(
                        "Deployment",
                        "membership",
                        container + "/imagePullPolicy",
                        "Sometimes",
                        "of the allowed values"),
                new Wrong("Deployment", "membership", container + "/name", "", "required property name"),
                new Wrong("Deployment", "membership", container + "/resources/limits/memory", "much", "\"quantity\""),
                new Wrong(
                        "Deployment", "membership", "/spec/strategy/rollingUpdate/maxSurge", "[1]", "maxSurge must be"),
                new Wrong("HorizontalPodAutoscaler", "membership", "/spec/maxReplicas", "", "property maxReplicas"),
                new Wrong("NetworkPolicy", "default-deny", "/spec/policyTypes", "Ingress", "must be array"),
                new Wrong("Cluster", "membership-database", "/spec/storage/sise", "1Gi", "\"sise\"' does not exist"),
                new Wrong("Cluster", "membership-database", "/spec/instances", "0", "instances must be >= 1"),
                new Wrong("PodMonitor", "membership", "/spec/podMetricsEndpoints/0/interval", "often", "match pattern"),
                new Wrong(
                        "PrometheusRule", "membership", "/spec/groups/0/rules/0/exp", "up", "\"exp\"' does not exist"),
                new Wrong("ScheduledBackup", "membership-database", "/spec/method", "tape", "of the allowed values"));
        Rendered production = Rendered.of("overlays/production");
        List<List<String>> errors = errors(wrong.stream()
                .map(w -> production
                        .with(w.kind(), w.name(), w.pointer(), w.value())
                        .one(w.kind(), w.name()))
                .toList());

        SoftAssertions softly = new SoftAssertions();
        for (int i = 0; i < wrong.size(); i++) {
            softly.assertThat(String.join("\n", errors.get(i)))
                    .contains(wrong.get(i).error());
        }
        softly.assertAll();
    }

    private static List<List<String>> errors(List<JsonNode> objects) throws IOException {
        Tools.Result result = Tools.run(Tools.npm(), JSON.writeValueAsString(objects), "node", "schema.mjs");
        assertThat(result.status()).as(result.output()).isZero();
        return JSON.readValue(result.output(), new TypeReference<>() {});
    }
}
