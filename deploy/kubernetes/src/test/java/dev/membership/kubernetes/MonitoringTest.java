package dev.membership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MonitoringTest {
    private static final Path MONITORING = Path.of("components/monitoring");
    /** All selectors here have braces, if empty ones. */
    private static final Pattern METRIC = Pattern.compile("([a-z_]+)\\{");

    private static final Pattern GRPC = Pattern.compile("grpc_server_[a-z_]+\\{([^}]*)}");

    private final Rendered production = Rendered.of("overlays/production");
    private final List<JsonNode> rules = production.all("PrometheusRule");

    /** Those of the service are compared with what it exposes by the service's own tests. */
    @Test
    void everyMetricIsListed() throws IOException {
        Set<String> listed = new HashSet<>();
        for (String list : List.of("metrics-of-the-service.txt", "metrics-of-the-cluster.txt")) {
            listed.addAll(Files.readAllLines(MONITORING.resolve(list)));
        }
        Stream<String> used =
                expressions().flatMap(query -> METRIC.matcher(query).results()).map(match -> match.group(1));
        assertThat(used.collect(Collectors.toSet())).isEqualTo(listed);
    }

    /** Health and reflection are calls as well, which meshes and balancers make by the second. */
    @Test
    void onlyTheServicesOfTheContractCount() throws IOException {
        List<String> selectors = expressions()
                .flatMap(query -> GRPC.matcher(query).results())
                .map(match -> match.group(1))
                .toList();
        assertThat(selectors)
                .hasSizeGreaterThan(10)
                .allSatisfy(selector -> assertThat(selector).contains("service=~\"membership\\\\..*\""));
    }

    @Test
    void everyAlertSaysWhatToDo() throws IOException {
        List<JsonNode> alerts = rules.stream()
                .flatMap(rule -> rule.at("/spec/groups").valueStream())
                .flatMap(group -> group.path("rules").valueStream())
                .toList();
        List<String> runbook = Files.readAllLines(Path.of("../../docs/operations.md"));
        assertThat(alerts)
                .hasSizeGreaterThan(10)
                .extracting(alert -> alert.path("alert").asText())
                .doesNotHaveDuplicates();
        assertThat(alerts).allSatisfy(alert -> {
            assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning");
            assertThat(alert.at("/annotations/summary").asText()).isNotBlank();
            assertThat(alert.at("/annotations/description").asText()).isNotBlank();
            assertThat(runbook).contains("### " + alert.path("alert").asText());
            assertThat(alert.at("/annotations/runbook_url").asText())
                    .endsWith(
                            "docs/operations.md#" + alert.path("alert").asText().toLowerCase(Locale.ROOT));
        });
    }

    @Test
    void prometheusReadsTheRulesAndAlertsAsExpected() throws IOException {
        Path folder = Files.createDirectories(Path.of("target/promtool"));
        for (JsonNode rule : rules) {
            String name = rule.at("/metadata/name").asText();
            Rendered.YAML.writeValue(folder.resolve(name + ".yaml").toFile(), rule.path("spec"));
        }
        Rendered.YAML.writeValue(folder.resolve("dashboard.yaml").toFile(), queriesAsRules());
        for (String tests : List.of("alerts.yaml", "database-alerts.yaml")) {
            Files.copy(
                    Path.of("src/test/promtool").resolve(tests),
                    folder.resolve(tests),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        String promtool = Tools.onPath("promtool")
                .orElseThrow(() -> Tools.abort("there is no promtool on the PATH, so that alerts are not tried"))
                .toString();

        Tools.Result check = Tools.run(
                folder,
                "",
                promtool,
                "check",
                "rules",
                "membership.yaml",
                "membership-database.yaml",
                "dashboard.yaml");
        assertThat(check.status()).as(check.output()).isZero();
        Tools.Result test = Tools.run(folder, "", promtool, "test", "rules", "alerts.yaml", "database-alerts.yaml");
        assertThat(test.status()).as(test.output()).isZero();
    }

    private Stream<String> expressions() throws IOException {
        return Stream.concat(
                rules.stream().flatMap(rule -> rule.findValuesAsText("expr").stream()), queries().stream());
    }

    private List<String> queries() throws IOException {
        JsonNode dashboard = Rendered.YAML.readTree(production
                .one("ConfigMap", "membership-dashboard")
                .at("/data/membership.json")
                .asText());
        assertThat(dashboard.path("panels")).isNotEmpty();
        return dashboard.path("panels").findValuesAsText("expr");
    }

    /** promtool reads rules only. */
    private ObjectNode queriesAsRules() throws IOException {
        ObjectNode file = Rendered.YAML.createObjectNode();
        ArrayNode records =
                file.putArray("groups").addObject().put("name", "dashboard").putArray("rules");
        for (String query : queries()) {
            records.addObject().put("record", "query:of_panel").put("expr", query.replace("$__rate_interval", "5m"));
        }
        return file;
    }
}
