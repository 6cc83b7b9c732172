package io.dormouse.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/// SQLite's native library, unpacked once for a machine. By itself the driver unpacks it anew for
/// each process, and asks another process what system this is: a tenth of a second of each start.
public final class SqliteLibrary {
    private SqliteLibrary() {}

    /// Has the driver load it from the cache, where it is laid first if it is missing. Where that
    /// cannot be, the driver unpacks it by itself, which is only slower.
    ///
    /// @param cache may be shared by platforms of one user
    public static void from(Path cache) {
        String name = System.mapLibraryName("sqlitejdbc");
        String version = "sqlite-" + SQLiteJDBCLoader.getVersion() + "-" + architecture();
        Path folder = cache.resolve(version);
        try {
            if (Files.notExists(folder.resolve(name))) {
                unpack(folder, name);
            }
            System.setProperty("org.sqlite.lib.path", folder.toString());
            System.setProperty("org.sqlite.lib.name", name);
        } catch (IOException e) {
            System.getLogger(SqliteLibrary.class.getName())
                    .log(System.Logger.Level.DEBUG, "SQLite's library is not kept", e);
        }
    }

    private static String architecture() {
        return System.getProperty("os.name") + "-" + System.getProperty("os.arch");
    }

    /// Written aside and renamed, so that it is whole or not there.
    private static void unpack(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        Path aside = Files.createTempFile(folder, name, ".tmp");
        String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
        try (InputStream in = SqliteLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the driver has no " + resource);
            }
            Files.copy(in, aside, StandardCopyOption.REPLACE_EXISTING);
            Files.move(aside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(aside);
        }
    }
}
