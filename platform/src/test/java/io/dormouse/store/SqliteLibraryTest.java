package io.dormouse.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLibraryTest {
    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void isUnpackedOnceAndNamedToTheDriver(@TempDir Path cache) throws IOException {
        SqliteLibrary.from(cache);
        Path library = files(cache).getFirst();
        assertEquals(
                library,
                Path.of(
                        System.getProperty("org.sqlite.lib.path"),
                        System.getProperty("org.sqlite.lib.name")));
        FileTime old = FileTime.fromMillis(1_000);
        Files.setLastModifiedTime(library, old);
        SqliteLibrary.from(cache);
        assertEquals(List.of(library), files(cache));
        assertEquals(old, Files.getLastModifiedTime(library));
    }

    @Test
    void aCacheThatCannotBeWrittenIsNoHindrance(@TempDir Path folder) throws IOException {
        SqliteLibrary.from(Files.createFile(folder.resolve("a-file")));
        Store.open(folder.resolve("data"), java.time.InstantSource.system(), List.of()).close();
    }
}
