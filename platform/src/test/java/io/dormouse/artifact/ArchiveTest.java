package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {
    @TempDir Path temp;
    private Path out;

    @BeforeEach
    void folders() {
        out = temp.resolve("out");
    }

    interface Filling {
        void fill(TarArchiveOutputStream tar) throws IOException;
    }

    private static byte[] archive(Filling filling) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new GZIPOutputStream(bytes), "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            filling.fill(tar);
        }
        return bytes.toByteArray();
    }

    private static void file(TarArchiveOutputStream tar, String name, byte[] content)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL, true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static void special(TarArchiveOutputStream tar, String name, byte type)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, type);
        entry.setLinkName("/etc/passwd");
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private String refused(byte[] archive) throws IOException {
        return refused(archive, Archive.Limits.DEFAULT);
    }

    private String refused(byte[] archive, Archive.Limits limits) throws IOException {
        BadArchive thrown =
                assertThrows(
                        BadArchive.class,
                        () -> Archive.unpack(new ByteArrayInputStream(archive), out, limits));
        try (Stream<Path> left = Files.list(out)) {
            assertEquals(0, left.count(), "nothing is left of a refused archive");
        }
        return String.valueOf(thrown.getMessage());
    }

    @Test
    void whatIsPackedComesOutAsItWas() throws IOException {
        Path in = Files.createDirectories(temp.resolve("in/code/deep"));
        byte[] weights = new byte[300_000];
        new java.util.Random(2).nextBytes(weights);
        Files.write(temp.resolve("in/model.onnx"), weights);
        Files.writeString(in.resolve("Grüße ☃.py"), "print(1)");
        Files.writeString(temp.resolve("in/run.sh"), "#!/bin/sh\n");
        assertTrue(temp.resolve("in/run.sh").toFile().setExecutable(true));
        Path archive = temp.resolve("model.tar.gz");

        Archive.pack(temp.resolve("in"), archive);
        Archive.unpack(archive, out, Archive.Limits.DEFAULT);

        assertArrayEquals(weights, Files.readAllBytes(out.resolve("model.onnx")));
        assertEquals("print(1)", Files.readString(out.resolve("code/deep/Grüße ☃.py")));
        assertTrue(Files.isExecutable(out.resolve("run.sh")));
        assertFalse(Files.isExecutable(out.resolve("model.onnx")));
    }

    @Test
    void equalFoldersGiveEqualBytes() throws IOException {
        Consumer<String> make =
                name -> {
                    try {
                        Path folder = Files.createDirectories(temp.resolve(name));
                        Files.writeString(folder.resolve("b"), "2");
                        Files.writeString(folder.resolve("a"), "1");
                        Files.setLastModifiedTime(
                                folder.resolve("a"), FileTime.fromMillis(name.length() * 1000L));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                };
        make.accept("one");
        make.accept("another");
        ByteArrayOutputStream one = new ByteArrayOutputStream();
        ByteArrayOutputStream another = new ByteArrayOutputStream();

        Archive.pack(temp.resolve("one"), one);
        Archive.pack(temp.resolve("another"), another);

        assertArrayEquals(one.toByteArray(), another.toByteArray());
    }

    @Test
    void aLinkInsideIsPackedAsItsFileAndOneThatLeadsOutIsRefused() throws IOException {
        Path in = Files.createDirectories(temp.resolve("in"));
        Files.writeString(in.resolve("best.bin"), "weights");
        Files.createSymbolicLink(in.resolve("latest.bin"), Path.of("best.bin"));
        Path archive = temp.resolve("a.tar.gz");
        Archive.pack(in, archive);
        Archive.unpack(archive, out, Archive.Limits.DEFAULT);
        assertEquals("weights", Files.readString(out.resolve("latest.bin")));

        Files.createSymbolicLink(in.resolve("host"), Path.of("/etc/passwd"));
        BadArchive thrown = assertThrows(BadArchive.class, () -> Archive.pack(in, archive));
        assertTrue(String.valueOf(thrown.getMessage()).contains("host"));
        assertFalse(Files.exists(archive));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "a/../../evil", "/etc/evil", "a/.."})
    void aPathThatLeadsOutIsRefused(String name) throws IOException {
        byte[] archive =
                archive(tar -> {
                    file(tar, "fine", new byte[10]);
                    file(tar, name, new byte[10]);
                });
        assertTrue(refused(archive).contains("leads out of its folder"));
        assertFalse(Files.exists(temp.resolve("evil")));
    }

    @ParameterizedTest
    @ValueSource(
            bytes = {
                TarConstants.LF_SYMLINK,
                TarConstants.LF_LINK,
                TarConstants.LF_CHR,
                TarConstants.LF_BLK,
                TarConstants.LF_FIFO
            })
    void linksAndDevicesAreRefused(byte type) throws IOException {
        assertTrue(refused(archive(tar -> special(tar, "x", type))).contains("x is a link"));
    }

    @Test
    void aBombIsRefusedBeforeItFillsTheDisk() throws IOException {
        byte[] zeros = new byte[1 << 20];
        byte[] bomb =
                archive(tar -> {
                    TarArchiveEntry entry = new TarArchiveEntry("zeros");
                    entry.setSize(zeros.length * 64L);
                    tar.putArchiveEntry(entry);
                    for (int i = 0; i < 64; i++) {
                        tar.write(zeros);
                    }
                    tar.closeArchiveEntry();
                });
        assertTrue(refused(bomb).contains("bomb"));
        Archive.Limits wide = new Archive.Limits(32L << 20, 10, 10_000, 100);
        assertEquals("The archive unpacks to more than 33554432 bytes", refused(bomb, wide));
    }

    @Test
    void tooManyEntriesAndTooLongPathsAreRefused() throws IOException {
        Archive.Limits narrow = new Archive.Limits(1000, 2, 10, 120);
        byte[] three =
                archive(tar -> {
                    file(tar, "1", new byte[1]);
                    file(tar, "2", new byte[1]);
                    file(tar, "3", new byte[1]);
                });
        assertEquals("The archive has more than 2 entries", refused(three, narrow));
        byte[] longPath = archive(tar -> file(tar, "x".repeat(121), new byte[1]));
        assertEquals("The archive has a path of more than 120 bytes", refused(longPath, narrow));
    }

    @Test
    void whatIsCorruptGetsASentence() throws IOException {
        byte[] random = new byte[20_000];
        new java.util.Random(1).nextBytes(random);
        byte[] good = archive(tar -> file(tar, "model.onnx", random));
        assertTrue(refused("not a gzip".getBytes(StandardCharsets.UTF_8)).contains(".tar.gz"));
        assertTrue(refused(new byte[0]).contains("cut off"));
        assertTrue(refused(Arrays.copyOf(good, good.length / 2)).contains("cut off"));
        byte[] flipped = good.clone();
        flipped[good.length / 2] ^= 0x40;
        assertTrue(refused(flipped).contains("corrupt"));
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(text)) {
            gzip.write(
                    "a gzip file, but no tar file in it"
                            .repeat(100)
                            .getBytes(StandardCharsets.UTF_8));
        }
        assertTrue(refused(text.toByteArray()).contains("tar file"));
    }

    @Test
    void aFileInsideOfAFileIsRefused() throws IOException {
        byte[] archive =
                archive(tar -> {
                    file(tar, "model", new byte[1]);
                    file(tar, "model/1/weights", new byte[1]);
                });
        assertTrue(refused(archive).contains("model/1/weights"));
    }

    @Test
    void aSourceThatBreaksIsNoBadArchive() {
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("connection reset");
                    }

                    @Override
                    public int read(byte[] bytes, int from, int length) throws IOException {
                        throw new IOException("connection reset");
                    }
                };
        IOException thrown =
                assertThrows(
                        IOException.class,
                        () -> Archive.unpack(broken, out, Archive.Limits.DEFAULT));
        assertEquals("connection reset", thrown.getMessage());
    }
}
