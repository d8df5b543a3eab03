package dev.membership.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;

/**
 * How to run PostgreSQL's programs, which refuse to run as root. An ordinary user runs them as they are. Root runs them
 * as {@code nobody}, with the one capability that lets that user reach a data folder below {@code /root}; where
 * changing the user is forbidden, in a user namespace of its own (which in turn many containers forbid).
 */
record Unprivileged(List<String> prefix, String owner) {
    private static final String NOBODY = "nobody";

    /** @param database PostgreSQL's data, if there are any yet: who owns them decides who may use them */
    static Unprivileged forDatabase(Path database) {
        String self = System.getProperty("user.name");
        String owner = Files.isDirectory(database) ? ownerOf(database) : null;
        if (!isRoot()) {
            if (owner != null && !owner.equals(self)) {
                throw new LaunchException("The data in " + database + " belong to " + owner + ": run as that user "
                        + (owner.equals(NOBODY) ? "(root uses it for PostgreSQL) " : "")
                        + "or set MEMBERSHIP_DATA to another folder.");
            }
            return new Unprivileged(List.of(), self);
        }
        for (Unprivileged way : List.of(asNobody(), inNamespace())) {
            if ((owner == null || owner.equals(way.owner)) && way.works()) {
                return way;
            }
        }
        throw new LaunchException(
                owner == null || owner.equals("root") || owner.equals(NOBODY)
                        ? "PostgreSQL does not run as root, and neither setpriv nor unshare works here: run as an ordinary"
                                + " user, or set MEMBERSHIP_DB_URL to a PostgreSQL of your own."
                        : "The data in " + database + " belong to " + owner
                                + ": run as that user, or set MEMBERSHIP_DATA to another folder.");
    }

    List<String> command(String... program) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(program));
        return command;
    }

    /** Gives a file or folder, which this process made, to the user who is to use it. */
    void own(Path file) throws IOException {
        if (!ownerOf(file).equals(owner)) {
            Files.setOwner(file, user(file, owner));
        }
    }

    private static Unprivileged asNobody() {
        return new Unprivileged(
                List.of(
                        "setpriv",
                        "--reuid=" + NOBODY,
                        "--regid=65534",
                        "--clear-groups",
                        // access(2) asks with the capability, too, not only open(2).
                        "--securebits=+no_setuid_fixup",
                        "--inh-caps=+dac_override",
                        "--ambient-caps=+dac_override"),
                NOBODY);
    }

    private static Unprivileged inNamespace() {
        return new Unprivileged(List.of("unshare", "--user"), "root");
    }

    private boolean works() {
        try {
            return Command.run(command("true"), Path.of("/")).succeeded();
        } catch (LaunchException _) {
            return false;
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static String ownerOf(Path file) {
        try {
            return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName();
        } catch (IOException e) {
            throw new LaunchException("The data in " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static UserPrincipal user(Path file, String name) throws IOException {
        return file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
    }
}
