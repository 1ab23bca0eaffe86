package org.kdive.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A checkout of a few bytes with the real scripts in it, and a machine whose path holds only what a test puts there: the
 * tools that every Linux has, and a java and a mvn that are shell scripts.
 */
final class FakeCheckout {
    /** What the scripts may take for granted: coreutils, findutils, grep, sed, awk and flock. */
    private static final List<String> TOOLS = List.of(
            ("sh awk cat cksum date dirname env find flock grep id ls mkdir mktemp mv od readlink rm sed sort tail"
                            + " tee touch tr wc")
                    .split(" "));

    final Path root;
    final Path home;
    final Map<String, String> environment = new TreeMap<>();

    private final Path bin;

    record Outcome(int status, String out, String err) {}

    FakeCheckout(Path root) {
        this.root = root;
        this.home = root.resolve("check out");
        this.bin = root.resolve("bin");
        TOOLS.forEach(this::link);
        write(home.resolve("pom.xml"), "<project/>");
        write(home.resolve(".mvn/jvm.config"), "");
        for (String module : List.of("qmp", "gdbrsp", "images", "shell")) {
            write(home.resolve(module + "/pom.xml"), "<project/>");
            write(source(module), "class A {}");
        }
        copy("kdive");
        copy("check");
        jdk("jdk", "17.0.1");
        tool("mvn", "echo \"$*\" >>'" + log() + "'", buildSucceeds());
        environment.put("PATH", bin.toString());
        environment.put("HOME", root.resolve("user").toString());
        environment.put("KDIVE_JAVA", root.resolve("jdk/bin/java").toString());
    }

    Path source(String module) {
        return home.resolve(module + "/src/main/java/A.java");
    }

    Path archives() {
        return root.resolve("user/.cache/kdive/cds");
    }

    /** The lines of what the scripts have noted in the log. */
    List<String> notes() throws IOException {
        return Files.exists(log()) ? Files.readAllLines(log()) : List.of();
    }

    Path log() {
        return root.resolve("notes");
    }

    static String buildSucceeds() {
        return "mkdir -p shell/target/quick/lib && touch shell/target/quick/shell-1.jar shell/target/quick/lib/lib-1.jar";
    }

    /** A JDK whose java says who it is and what it was given, one word a line. */
    void jdk(String name, String version) {
        Path jdk = root.resolve(name);
        write(jdk.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(jdk.resolve("bin/java"), "echo pid=$$", "for word; do echo \"[$word]\"; done");
        script(jdk.resolve("bin/javac"), "exit 1");
    }

    void tool(String name, String... lines) {
        script(bin.resolve(name), lines);
    }

    void remove(String name) throws IOException {
        Files.delete(bin.resolve(name));
    }

    Outcome kdive(String... words) throws IOException, InterruptedException {
        return finish(start(home.resolve("kdive"), root, words));
    }

    Process start(Path program, Path directory, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    static Outcome finish(Process process) throws IOException, InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the launcher hangs");
        }
        // Both are a few lines, less than a pipe holds: reading after the end cannot block the process.
        return new Outcome(
                process.exitValue(),
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8),
                new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    /** Makes everything in the checkout old, then one file new, without waiting for the clock. */
    void edit(Path file) throws IOException {
        Instant past = Instant.now().minusSeconds(100);
        try (Stream<Path> all = Files.walk(home)) {
            for (Path path : all.toList()) {
                Files.setLastModifiedTime(path, FileTime.from(past));
            }
        }
        Files.setLastModifiedTime(file, FileTime.from(past.plusSeconds(50)));
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.resolveSibling("."));
            // Never through a link: behind it is the real tool of this machine.
            Files.deleteIfExists(file);
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void script(Path file, String... lines) {
        write(file, "#!" + bin.resolve("sh") + "\n" + String.join("\n", lines) + "\n");
        executable(file);
    }

    private void link(String tool) {
        for (String directory : List.of("/usr/bin", "/bin")) {
            Path real = Path.of(directory, tool);
            if (Files.isExecutable(real)) {
                try {
                    Files.createDirectories(bin);
                    Files.createSymbolicLink(bin.resolve(tool), real);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return;
            }
        }
        throw new AssertionError("this system has no " + tool);
    }

    private void copy(String script) {
        try {
            Files.copy(Path.of("..", script), home.resolve(script));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        executable(home.resolve(script));
    }

    private static void executable(Path file) {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
