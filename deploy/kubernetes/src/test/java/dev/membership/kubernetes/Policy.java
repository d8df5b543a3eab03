package dev.membership.kubernetes;

import static dev.membership.kubernetes.Rendered.containers;
import static dev.membership.kubernetes.Rendered.elements;
import static dev.membership.kubernetes.Rendered.kind;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What holds in every overlay. */
enum Policy {
    /** https://kubernetes.io/docs/concepts/security/pod-security-standards, restricted, and a read-only root on top. */
    PODS_ARE_RESTRICTED {
        @Override
        void check(Rendered rendered) {
            assertThat(rendered.one("Namespace", "membership")
                            .path("metadata")
                            .path("labels")
                            .path("pod-security.kubernetes.io/enforce")
                            .asText())
                    .isEqualTo("restricted");
            for (JsonNode workload : rendered.workloads()) {
                JsonNode pod = workload.at("/spec/template/spec");
                assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
                assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
                assertThat(pod.at("/securityContext/seccompProfile/type").asText())
                        .isEqualTo("RuntimeDefault");
                assertThat(names(pod)).doesNotContain("hostNetwork", "hostPID", "hostIPC");
                elements(pod.path("volumes"))
                        .forEach(volume -> assertThat(names(volume))
                                .isSubsetOf(
                                        "name",
                                        "configMap",
                                        "emptyDir",
                                        "persistentVolumeClaim",
                                        "projected",
                                        "secret"));
                for (JsonNode container : containers(workload)) {
                    JsonNode context = container.path("securityContext");
                    assertThat(names(context))
                            .containsExactlyInAnyOrder(
                                    "allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities");
                    assertThat(context.path("allowPrivilegeEscalation").asBoolean(true))
                            .isFalse();
                    assertThat(context.path("readOnlyRootFilesystem").asBoolean())
                            .isTrue();
                    assertThat(context.path("capabilities").toString()).isEqualTo("{\"drop\":[\"ALL\"]}");
                    elements(container.path("ports"))
                            .forEach(port -> assertThat(names(port)).doesNotContain("hostPort"));
                }
            }
        }
    },

    NOTHING_IS_OUTSIDE_THE_NAMESPACE {
        @Override
        void check(Rendered rendered) {
            assertThat(rendered.objects())
                    .filteredOn(object -> !kind(object).equals("Namespace"))
                    .allSatisfy(object -> assertThat(
                                    object.at("/metadata/namespace").asText())
                            .isEqualTo("membership"));
        }
    },

    PODS_HAVE_NO_TOKEN {
        @Override
        void check(Rendered rendered) {
            List<JsonNode> tokens = Stream.concat(
                            rendered.workloads().stream().map(workload -> workload.at("/spec/template/spec")),
                            rendered.all("ServiceAccount").stream())
                    .map(node -> node.path("automountServiceAccountToken"))
                    .toList();
            assertThat(tokens)
                    .allSatisfy(token -> assertThat(token.asBoolean(true)).isFalse());
        }
    },

    SECRETS_ARE_FILES {
        @Override
        void check(Rendered rendered) {
            assertThat(rendered.all("Secret")).isEmpty();
            for (JsonNode workload : rendered.workloads()) {
                for (JsonNode container : containers(workload)) {
                    assertThat(container.path("envFrom").findValues("secretRef"))
                            .isEmpty();
                    assertThat(container.path("env").findValues("secretKeyRef")).isEmpty();
                }
            }
            assertThat(variables(rendered))
                    .noneMatch(name -> SECRET.matcher(name).find() && !name.endsWith("_FILE"));
            for (JsonNode workload : List.of(rendered.deployment(), rendered.migration())) {
                assertThat(secrets(workload)).contains("MEMBERSHIP_DB_USER", "MEMBERSHIP_DB_PASSWORD");
                assertThat(mount(workload, "secrets").path("mountPath").asText())
                        .isEqualTo("/etc/membership/secrets");
                assertThat(mount(workload, "secrets").path("readOnly").asBoolean())
                        .isTrue();
            }
        }
    },

    IMAGES_ARE_NAMED_EXACTLY {
        @Override
        void check(Rendered rendered) {
            List<String> images = Stream.concat(
                            rendered.workloads().stream()
                                    .flatMap(workload -> containers(workload).stream())
                                    .map(container -> container.path("image").asText()),
                            rendered.all("Cluster").stream()
                                    .map(cluster ->
                                            cluster.at("/spec/imageName").asText()))
                    .toList();
            assertThat(images)
                    .allSatisfy(image -> assertThat(image).matches(".+(:[\\w.-]+|@sha256:[0-9a-f]{64})"))
                    .noneMatch(image -> image.endsWith(":latest"));
            // A major version's tag is another minor one after each release, on each node when it happens to fetch it.
            assertThat(images)
                    .filteredOn(image -> image.matches(".*/postgres(ql)?[:@].*"))
                    .allSatisfy(image -> assertThat(image).matches(".+(:\\d+\\.\\d+[\\w.-]*|@sha256:[0-9a-f]{64})"));
            assertThat(image(rendered.migration())).isEqualTo(image(rendered.deployment()));
        }
    },

    RESOURCES_ARE_BOUNDED {
        @Override
        void check(Rendered rendered) {
            for (JsonNode workload : rendered.workloads()) {
                assertThat(containers(workload)).isNotEmpty().allSatisfy(container -> {
                    assertThat(names(container.at("/resources/requests"))).contains("cpu", "memory");
                    assertThat(names(container.at("/resources/limits"))).contains("memory");
                });
            }
        }
    },

    PODS_ARE_PROBED {
        @Override
        void check(Rendered rendered) {
            assertThat(rendered.workloads())
                    .filteredOn(workload -> !kind(workload).equals("Job"))
                    .flatExtracting(Rendered::containers)
                    .allSatisfy(container ->
                            assertThat(names(container)).contains("startupProbe", "livenessProbe", "readinessProbe"));
            JsonNode service = containers(rendered.deployment()).getFirst();
            Map.of("startupProbe", "started", "livenessProbe", "live", "readinessProbe", "ready")
                    .forEach((probe, path) -> {
                        assertThat(service.at("/" + probe + "/httpGet/path").asText())
                                .isEqualTo("/q/health/" + path);
                        assertThat(service.at("/" + probe + "/httpGet/port").asText())
                                .isEqualTo("management");
                    });
        }
    },

    REPLICAS_SURVIVE_THE_LOSS_OF_ONE {
        @Override
        void check(Rendered rendered) {
            JsonNode scaler =
                    rendered.one("HorizontalPodAutoscaler", "membership").path("spec");
            int least = scaler.path("minReplicas").asInt();
            assertThat(least).isGreaterThanOrEqualTo(2);
            assertThat(scaler.path("maxReplicas").asInt()).isGreaterThan(least);
            assertThat(scaler.at("/scaleTargetRef/kind").asText()).isEqualTo("Deployment");
            assertThat(scaler.at("/scaleTargetRef/name").asText()).isEqualTo("membership");
            assertThat(names(rendered.deployment().path("spec"))).doesNotContain("replicas");
            assertThat(rendered.one("PodDisruptionBudget", "membership")
                            .at("/spec/maxUnavailable")
                            .asInt())
                    .isBetween(1, least - 1);
            assertThat(rendered.deployment()
                            .at("/spec/template/spec/topologySpreadConstraints")
                            .findValuesAsText("topologyKey"))
                    .containsExactlyInAnyOrder("topology.kubernetes.io/zone", "kubernetes.io/hostname");
        }
    },

    A_ROLL_OUT_LOSES_NO_CALL {
        @Override
        void check(Rendered rendered) {
            JsonNode strategy = rendered.deployment().at("/spec/strategy/rollingUpdate");
            assertThat(strategy.path("maxUnavailable").toString()).isEqualTo("0");
            assertThat(strategy.path("maxSurge").toString()).isEqualTo("1");
            Duration delay = duration(rendered, "MEMBERSHIP_SHUTDOWN_DELAY");
            assertThat(delay).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
            assertThat(Duration.ofSeconds(rendered.deployment()
                            .at("/spec/template/spec/terminationGracePeriodSeconds")
                            .asLong()))
                    .isGreaterThan(delay.plus(duration(rendered, "MEMBERSHIP_SHUTDOWN_TIMEOUT")));
        }

        private static Duration duration(Rendered rendered, String name) {
            return Duration.parse("PT" + rendered.settings().path(name).asText());
        }
    },

    ONLY_THE_JOB_MIGRATES {
        @Override
        void check(Rendered rendered) {
            assertThat(names(rendered.settings())).doesNotContain("MEMBERSHIP_DB_MIGRATE", "QUARKUS_INIT_AND_EXIT");
            assertThat(variable(rendered.deployment(), "MEMBERSHIP_DB_MIGRATE")).isEqualTo("false");
            assertThat(variable(rendered.deployment(), "QUARKUS_INIT_AND_EXIT")).isEmpty();
            assertThat(variable(rendered.migration(), "MEMBERSHIP_DB_MIGRATE")).isEqualTo("true");
            assertThat(variable(rendered.migration(), "QUARKUS_INIT_AND_EXIT")).isEqualTo("true");
            assertThat(containers(rendered.migration()).getFirst().path("envFrom"))
                    .isEqualTo(containers(rendered.deployment()).getFirst().path("envFrom"));
        }
    },

    /** While all replicas are replaced, the old ones drain, with their connections, beside the new ones. */
    POOLS_FIT_INTO_THE_DATABASE {
        private static final int RESERVE_FOR_PEOPLE_AND_OPERATORS = 20;

        @Override
        void check(Rendered rendered) {
            int pool = rendered.settings().path("MEMBERSHIP_DB_POOL").asInt();
            int replicas = rendered.one("HorizontalPodAutoscaler", "membership")
                    .at("/spec/maxReplicas")
                    .asInt();
            int migration = Integer.parseInt(variable(rendered.migration(), "MEMBERSHIP_DB_POOL"));
            assertThat(pool).isPositive();
            assertThat(2 * replicas * pool + migration + RESERVE_FOR_PEOPLE_AND_OPERATORS)
                    .isLessThanOrEqualTo(maxConnections(rendered));
        }

        private static int maxConnections(Rendered rendered) {
            return rendered.all("Cluster").stream()
                    .findFirst()
                    .map(cluster -> cluster.at("/spec/postgresql/parameters/max_connections"))
                    .or(() -> rendered.find("StatefulSet", "postgresql")
                            .map(postgresql -> elements(
                                            containers(postgresql).getFirst().path("args"))
                                    .filter(argument -> argument.asText().startsWith("max_connections="))
                                    .findFirst()
                                    .orElse(MissingNode.getInstance())))
                    .orElseGet(() -> rendered.one("NetworkPolicy", "membership-database")
                            .path("metadata")
                            .path("annotations")
                            .path("membership.dev/max-connections"))
                    .asText()
                    .transform(text -> Integer.parseInt(text.replace("max_connections=", "")));
        }
    },

    /** pg_trgm asks LC_CTYPE what a letter is, whatever the provider. A cluster that is recovered has the old one's. */
    THE_DATABASE_KNOWS_ALL_LETTERS {
        @Override
        void check(Rendered rendered) {
            assertThat(rendered.all("Cluster"))
                    .map(cluster -> cluster.at("/spec/bootstrap/initdb"))
                    .filteredOn(initdb -> !initdb.isMissingNode())
                    .allSatisfy(initdb -> {
                        assertThat(initdb.path("localeProvider").asText()).isEqualTo("builtin");
                        assertThat(initdb.path("builtinLocale").asText()).isEqualTo("C.UTF-8");
                        assertThat(initdb.path("localeCType").asText()).isEqualTo("C.UTF-8");
                    });
            assertThat(rendered.all("StatefulSet"))
                    .allSatisfy(postgresql -> assertThat(variable(postgresql, "POSTGRES_INITDB_ARGS"))
                            .isEqualTo("--locale=C.UTF-8 --locale-provider=builtin --builtin-locale=C.UTF-8"));
        }
    },

    SELECTORS_FIND_THEIR_PODS {
        @Override
        void check(Rendered rendered) {
            JsonNode service = labels(rendered.deployment());
            JsonNode migration = labels(rendered.migration());
            List<JsonNode> ofReplicas = Stream.of(
                            Stream.of(rendered.deployment().at("/spec/selector/matchLabels")),
                            rendered.all("Service").stream()
                                    .filter(s -> s.at("/metadata/name").asText().startsWith("membership"))
                                    .map(s -> s.at("/spec/selector")),
                            rendered.all("PodDisruptionBudget").stream().map(b -> b.at("/spec/selector/matchLabels")),
                            monitorsOfReplicas(rendered).map(m -> m.at("/spec/selector/matchLabels")),
                            elements(rendered.deployment().at("/spec/template/spec/topologySpreadConstraints"))
                                    .map(constraint -> constraint.at("/labelSelector/matchLabels")))
                    .flatMap(selectors -> selectors)
                    .toList();
            assertThat(ofReplicas)
                    .hasSizeGreaterThanOrEqualTo(6)
                    .allSatisfy(selector -> assertThat(selects(selector, service))
                            .as(selector.toString())
                            .isTrue())
                    .allSatisfy(selector -> assertThat(selects(selector, migration))
                            .as(selector.toString())
                            .isFalse());
            assertThat(rendered.all("NetworkPolicy"))
                    .extracting(policy -> policy.at("/spec/podSelector"))
                    .filteredOn(selector -> !isOfTheOperator(selector))
                    .allSatisfy(selector -> assertThat(rendered.workloads())
                            .as(selector.toString())
                            .anyMatch(workload -> selects(selector.path("matchLabels"), labels(workload))));
        }
    },

    PORTS_HAVE_THE_SAME_NAME_EVERYWHERE {
        @Override
        void check(Rendered rendered) {
            Set<String> known = rendered.workloads().stream()
                    .flatMap(workload -> containers(workload).stream())
                    .flatMap(container -> elements(container.path("ports")))
                    .map(port -> port.path("name").asText())
                    .collect(Collectors.toSet());
            List<JsonNode> used = Stream.of(
                            rendered.all("Service").stream()
                                    .flatMap(s -> elements(s.at("/spec/ports")))
                                    .map(port -> port.path("targetPort")),
                            monitorsOfReplicas(rendered)
                                    .flatMap(m -> elements(m.at("/spec/podMetricsEndpoints")))
                                    .map(endpoint -> endpoint.path("port")),
                            rendered.all("NetworkPolicy").stream()
                                    .flatMap(policy -> elements(policy.at("/spec/ingress")))
                                    .flatMap(rule -> elements(rule.path("ports")))
                                    .map(port -> port.path("port"))
                                    .filter(JsonNode::isTextual),
                            rendered.workloads().stream()
                                    .flatMap(workload -> containers(workload).stream())
                                    .flatMap(container -> container.findValues("httpGet").stream())
                                    .map(probe -> probe.path("port")))
                    .flatMap(ports -> ports)
                    .toList();
            assertThat(used)
                    .hasSizeGreaterThanOrEqualTo(8)
                    .extracting(JsonNode::asText)
                    .isSubsetOf(known);
            assertThat(containers(rendered.deployment())
                            .getFirst()
                            .path("ports")
                            .toString())
                    .isEqualTo("[{\"containerPort\":8080,\"name\":\"http\"},{\"containerPort\":9090,\"name\":\"grpc\"},"
                            + "{\"containerPort\":9000,\"name\":\"management\"}]");
            assertThat(rendered.one("Service", "membership-grpc")
                            .at("/spec/clusterIP")
                            .asText())
                    .isEqualTo("None");
        }
    },

    NETWORK_IS_CLOSED_BUT_FOR_WHAT_IS_NAMED {
        @Override
        void check(Rendered rendered) {
            assertThat(rendered.one("NetworkPolicy", "default-deny")
                            .path("spec")
                            .toString())
                    .isEqualTo("{\"podSelector\":{},\"policyTypes\":[\"Ingress\",\"Egress\"]}");
            JsonNode replica = labels(rendered.deployment());
            for (JsonNode policy : rendered.all("NetworkPolicy")) {
                JsonNode spec = policy.path("spec");
                elements(spec.path("ingress")).forEach(rule -> {
                    assertThat(rule.path("from")).isNotEmpty();
                    assertThat(rule.path("ports")).isNotEmpty();
                    if (rule.path("ports").findValuesAsText("port").contains("management")) {
                        assertThat(rule.path("ports")).hasSize(1);
                        assertThat(rule.path("from").findValuesAsText("kubernetes.io/metadata.name"))
                                .containsExactly("monitoring");
                    }
                });
                if (!isOfTheOperator(spec.path("podSelector"))
                        && selects(spec.at("/podSelector/matchLabels"), replica)) {
                    elements(spec.path("egress")).forEach(rule -> {
                        assertThat(rule.path("to")).isNotEmpty();
                        assertThat(rule.path("ports").findValuesAsText("port"))
                                .isNotEmpty()
                                .isSubsetOf("53", "443", "4317", "5432");
                        elements(rule.path("to"))
                                .forEach(to -> assertThat(to.at("/ipBlock/cidr").asText())
                                        .satisfiesAnyOf(
                                                cidr -> assertThat(cidr).isNotEqualTo("0.0.0.0/0"),
                                                cidr -> assertThat(to.at("/ipBlock/except")
                                                                .toString())
                                                        .contains(
                                                                "10.0.0.0/8",
                                                                "169.254.0.0/16",
                                                                "172.16.0.0/12",
                                                                "192.168.0.0/16")));
                    });
                }
            }
            assertThat(rendered.all("Service").stream()
                            .flatMap(s -> elements(s.at("/spec/ports")))
                            .map(port -> port.path("targetPort").asText()))
                    .doesNotContain("management");
            assertThat(rendered.all("NetworkPolicy"))
                    .as("a way to the database")
                    .anyMatch(policy ->
                            policy.at("/spec/egress").findValuesAsText("port").contains("5432"));
            boolean traces = rendered.settings()
                    .path("MEMBERSHIP_TRACES_DISABLED")
                    .asText("true")
                    .equals("false");
            assertThat(rendered.find("NetworkPolicy", "membership-traces").isPresent())
                    .isEqualTo(traces);
        }
    },

    SETTINGS_ARE_KNOWN_TO_THE_SERVICE {
        @Override
        void check(Rendered rendered) {
            try {
                String properties =
                        Files.readString(Path.of("../../membership-service/src/main/resources/application.properties"));
                Set<String> known = Pattern.compile("\\$\\{([A-Z_]+)")
                        .matcher(properties)
                        .results()
                        .map(match -> match.group(1))
                        .collect(Collectors.toSet());
                Set<String> set = variables(rendered);
                set.removeIf(name -> name.startsWith("POSTGRES_") || name.startsWith("QUARKUS_"));
                set.addAll(secrets(rendered.deployment()));
                set.addAll(secrets(rendered.migration()));
                assertThat(set).contains("MEMBERSHIP_DB_URL").isSubsetOf(known);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    };

    private static final Pattern SECRET = Pattern.compile("PASSWORD|TOKEN|SECRET|KEY");

    abstract void check(Rendered rendered);

    private static Set<String> names(JsonNode object) {
        return object.propertyStream().map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
    }

    private static JsonNode labels(JsonNode workload) {
        return workload.at("/spec/template/metadata/labels");
    }

    private static boolean selects(JsonNode selector, JsonNode labels) {
        return selector.propertyStream().allMatch(label -> label.getValue().equals(labels.path(label.getKey())));
    }

    /** Whether it selects pods that CloudNativePG makes, which no workload here has. */
    private static boolean isOfTheOperator(JsonNode selector) {
        return selector.toString().contains("\"cnpg.io/");
    }

    private static Stream<JsonNode> monitorsOfReplicas(Rendered rendered) {
        return rendered.all("PodMonitor").stream().filter(monitor -> !isOfTheOperator(monitor.at("/spec/selector")));
    }

    private static List<String> secrets(JsonNode workload) {
        return elements(workload.at("/spec/template/spec/volumes"))
                .filter(volume -> volume.path("name").asText().equals("secrets"))
                .flatMap(volume -> volume.findValuesAsText("path").stream())
                .toList();
    }

    private static JsonNode mount(JsonNode workload, String volume) {
        return elements(containers(workload).getFirst().path("volumeMounts"))
                .filter(mount -> mount.path("name").asText().equals(volume))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    private static String image(JsonNode workload) {
        return containers(workload).getFirst().path("image").asText();
    }

    private static String variable(JsonNode workload, String name) {
        return elements(containers(workload).getFirst().path("env"))
                .filter(variable -> variable.path("name").asText().equals(name))
                .map(variable -> variable.path("value").asText())
                .findFirst()
                .orElse("");
    }

    /** Names of all variables that are set. */
    private static Set<String> variables(Rendered rendered) {
        return Stream.of(
                        names(rendered.settings()).stream(),
                        rendered.workloads().stream()
                                .flatMap(workload -> containers(workload).stream())
                                .flatMap(container -> elements(container.path("env")))
                                .map(variable -> variable.path("name").asText()))
                .flatMap(all -> all)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
