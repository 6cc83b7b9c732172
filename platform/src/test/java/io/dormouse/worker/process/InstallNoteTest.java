package io.dormouse.worker.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallNoteTest {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir Path cache;

    @BeforeEach
    void install() throws IOException {
        Files.writeString(cache.resolve("modelserver.jar"), "one");
        Path made = Files.createDirectories(cache.resolve("0123"));
        Files.createFile(made.resolve("install.properties"));
    }

    private InstallNote note() throws IOException {
        return new InstallNote(JAVA, cache.resolve("modelserver.jar"), cache);
    }

    @Test
    void isFoundByTheNextLife() throws IOException {
        assertEquals(Optional.empty(), note().read());
        note().write(cache.resolve("0123"));
        assertEquals(Optional.of(cache.resolve("0123")), note().read());
    }

    @Test
    void doesNotHoldForAnotherJarNorForAnInstallationThatIsGone() throws IOException {
        note().write(cache.resolve("0123"));
        Files.writeString(cache.resolve("modelserver.jar"), "another");
        assertEquals(Optional.empty(), note().read());
        note().write(cache.resolve("0123"));
        Files.delete(cache.resolve("0123/install.properties"));
        assertEquals(Optional.empty(), note().read());
    }

    @Test
    void whatIsUsedIsMarkedSoThatItStays() throws IOException {
        Path home = cache.resolve("0123");
        FileTime longAgo = FileTime.fromMillis(1_000);
        Files.setLastModifiedTime(home, longAgo);
        ModelServer.inUse(installation(), cache);
        assertTrue(Files.getLastModifiedTime(home).compareTo(longAgo) > 0);
        assertEquals(
                List.of(home.resolve("install.properties")), files(home), "nothing is left behind");
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private Installation installation() throws IOException {
        Files.writeString(
                cache.resolve("0123/install.properties"),
                "java=/jdk/bin/java\nargs=/a\nmain=M\nwarm=/w\nprepare=P\n");
        return Installation.read(cache.resolve("0123"), cache.resolve("absent/../modelserver.jar"));
    }

    @Test
    void whatWorkersReadIsNamedWithoutDetours() throws IOException {
        List<Path> readable = installation().readable();
        assertTrue(readable.contains(cache.resolve("modelserver.jar")), readable.toString());
    }
}
