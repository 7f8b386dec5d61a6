package cachefiles.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Tells what this machine has of the things that tests may need. `.ci/run` asks it too: see [#main].
///
/// | name | means |
/// |---|---|
/// | root | the process is uid 0 |
/// | unprivileged | a program can be started for which file permissions hold: see [#unprivileged] |
/// | fuse | `/dev/fuse` can be opened |
/// | loop | `/dev/loop-control` is there |
/// | erofs | the kernel mounts EROFS, and `mkfs.erofs` is installed |
/// | postgres | PostgreSQL's `initdb` and `postgres` are installed; no server need run |
/// | any other | a program of that name is installed |
public final class Machine {
    private static final List<String> PROGRAM_FOLDERS = List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

    private Machine() {}

    /// Prints those of the names given that this machine has, with commas between them.
    public static void main(String[] names) {
        System.out.println(String.join(
                ",",
                Arrays.stream(names).filter(name -> missing(name).isEmpty()).toList()));
    }

    /// Why `name` is not there; empty if it is.
    public static Optional<String> missing(String name) {
        return switch (name) {
            case "root" -> unless(isRoot(), "not running as root");
            case "unprivileged" -> unless(canDropRights(), "root, and setpriv cannot drop root's rights");
            case "fuse" -> unless(canOpen("/dev/fuse"), "/dev/fuse cannot be opened");
            case "loop" -> unless(canOpen("/dev/loop-control"), "/dev/loop-control cannot be opened");
            case "erofs" ->
                unless(kernelMounts("erofs"), "the kernel knows no erofs")
                        .or(() -> unless(program("mkfs.erofs").isPresent(), "no program mkfs.erofs"));
            case "postgres" ->
                unless(
                        postgres("initdb").isPresent() && postgres("postgres").isPresent(),
                        "no programs initdb and postgres");
            default -> unless(program(name).isPresent(), "no program " + name);
        };
    }

    /// What to put before a command so that file permissions hold for it, as for anybody. Root stays root, and so may
    /// run what is its own, but without the rights to read and write what the permissions refuse.
    public static List<String> unprivileged() {
        var rights = "-dac_override,-dac_read_search";
        return isRoot() ? List.of("setpriv", "--bounding-set=" + rights, "--inh-caps=" + rights) : List.of();
    }

    private static boolean canDropRights() {
        var command = Stream.concat(unprivileged().stream(), Stream.of("true")).toList();
        try {
            return program(command.getFirst()).isPresent()
                    && new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Where the program is, on PATH or in the folders that only root has there.
    public static Optional<Path> program(String name) {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Arrays.stream(path.split(File.pathSeparator)), PROGRAM_FOLDERS.stream())
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /// Where a program of PostgreSQL's server is: Debian keeps them off PATH, a folder a version. The newest is taken.
    public static Optional<Path> postgres(String name) {
        var versions = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(versions)) return program(name);
        try (var folders = Files.list(versions)) {
            return program(name)
                    .or(() -> folders.sorted((a, b) -> Integer.compare(versionOf(b), versionOf(a)))
                            .map(folder -> folder.resolve("bin").resolve(name))
                            .filter(Files::isExecutable)
                            .findFirst());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int versionOf(Path folder) {
        var name = folder.getFileName().toString();
        return name.matches("[0-9]{1,6}") ? Integer.parseInt(name) : 0;
    }

    private static Optional<String> unless(boolean there, String why) {
        return there ? Optional.empty() : Optional.of(why);
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static boolean canOpen(String device) {
        try (var _ = Files.newByteChannel(Path.of(device))) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean kernelMounts(String fileSystem) {
        try {
            return Files.readAllLines(Path.of("/proc/filesystems")).stream()
                    .anyMatch(line -> line.strip().endsWith(fileSystem));
        } catch (IOException e) {
            return false;
        }
    }
}
