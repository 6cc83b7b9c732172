package io.dormouse.worker.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a strange worker tries, to find how far it gets.
final class Probes {
    private static final int CONNECT_MILLIS_MAX = 2000;
    private static final List<Object> KEPT = new ArrayList<>();

    /// It has used up what it may have.
    static final class Exhausted extends IOException {
        private static final long serialVersionUID = 1;

        Exhausted(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    private Probes() {}

    /// @return what it found; an exception where it was kept from it
    static String run(String[] words) throws IOException {
        return switch (words[0]) {
            case "connect" -> connect(words[1], Integer.parseInt(words[2]));
            case "write" -> {
                Files.writeString(Path.of(words[1]), "written");
                yield "written";
            }
            case "list" -> list(Path.of(words[1]));
            case "read" -> Files.readString(Path.of(words[1]), StandardCharsets.ISO_8859_1);
            case "status" -> Files.readString(Path.of("/proc/self/status"));
            case "fork" -> fork();
            case "fill" -> fill(Path.of(words[1]));
            case "leak" -> leak();
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private static String connect(String host, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS_MAX);
            return "connected";
        }
    }

    private static String list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> each.getFileName() + ",").collect(Collectors.joining());
        }
    }

    /// Starts processes that start nothing themselves, until it may not.
    private static String fork() {
        int started = 0;
        try {
            for (; started < 2000; started++) {
                KEPT.add(new ProcessBuilder("/bin/sleep", "60").start());
            }
        } catch (IOException | OutOfMemoryError e) {
            return started + " started";
        }
        return started + " started and no end";
    }

    private static String fill(Path file) throws Exhausted {
        byte[] piece = new byte[1 << 20];
        int written = 0;
        try (OutputStream out = Files.newOutputStream(file)) {
            for (; written < 2000; written++) {
                out.write(piece);
            }
        } catch (IOException e) {
            throw new Exhausted("after " + written + " MB: " + e.getMessage());
        }
        return written + " MB and no end";
    }

    private static String leak() throws Exhausted {
        int opened = 0;
        try {
            for (; opened < 100_000; opened++) {
                KEPT.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException e) {
            throw new Exhausted("after " + opened + " files: " + e.getMessage());
        }
        return opened + " files and no end";
    }
}
