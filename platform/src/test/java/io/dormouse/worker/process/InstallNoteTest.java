package io.dormouse.worker.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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
    void whatWorkersReadIsNamedWithoutDetours() throws IOException {
        Files.writeString(
                cache.resolve("0123/install.properties"),
                "java=/jdk/bin/java\nargs=/a\nmain=M\nwarm=/w\nprepare=P\n");
        Installation read =
                Installation.read(
                        cache.resolve("0123"), cache.resolve("absent/../modelserver.jar"));
        assertTrue(read.readable().contains(cache.resolve("modelserver.jar")), "" + read);
    }
}
