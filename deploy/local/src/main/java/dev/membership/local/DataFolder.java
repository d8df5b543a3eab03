package dev.membership.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder in which everything is kept between starts; made for its owner alone. Whoever holds it is the only
 * launcher on it: the lock goes with the process, however that ends, so a process of an earlier run that is still
 * there is known to be an orphan.
 */
final class DataFolder implements AutoCloseable {
    private final Path path;
    private final FileChannel lock;

    private DataFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    static DataFolder open(Path wanted) {
        try {
            if (!Files.isDirectory(wanted)) {
                Files.createDirectories(wanted.toAbsolutePath().getParent());
                Files.createDirectory(
                        wanted, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Path path = wanted.toRealPath();
            FileChannel lock =
                    FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock.tryLock() == null) {
                throw new LaunchException("Already running on " + path
                        + ": end that run first, or set MEMBERSHIP_DATA to another folder.");
            }
            return new DataFolder(path, lock);
        } catch (FileSystemException e) {
            throw new LaunchException(
                    "The data folder " + wanted + " cannot be used by " + System.getProperty("user.name")
                            + " (no write access, or it is another user's): set MEMBERSHIP_DATA to a folder of your own.",
                    e);
        } catch (IOException e) {
            throw new LaunchException("The data folder " + wanted + " cannot be used: " + e.getMessage(), e);
        }
    }

    Path path() {
        return path;
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

    /** Processes that a killed launcher on this folder left behind: those whose command line names it. */
    List<ProcessHandle> orphans(String mark) {
        long self = ProcessHandle.current().pid();
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != self)
                .filter(process -> process.info().commandLine().orElse("").contains(mark))
                .toList();
    }

    /** Writes a file that only the owner may read, as a whole or not at all. */
    static void writeSecret(Path file, String content) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        var onlyOwner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (FileChannel channel =
                FileChannel.open(draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), onlyOwner)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static void deleteTree(Path top) throws IOException {
        if (!Files.exists(top)) {
            return;
        }
        try (Stream<Path> files = Files.walk(top)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException _) {
            // the lock goes with the process
        }
    }
}
