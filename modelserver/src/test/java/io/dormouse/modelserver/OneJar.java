package io.dormouse.modelserver;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/// The jar that is shipped, put together from the class path of the tests: the packaging step comes
/// later in the build. Holds this machine's native library only.
final class OneJar {
    private OneJar() {}

    static Path write(Path target) throws IOException {
        String[] entries = System.getProperty("java.class.path").split(File.pathSeparator, -1);
        try (OutputStream out = Files.newOutputStream(target);
                JarOutputStream jar = new JarOutputStream(out)) {
            jar.setLevel(1);
            for (String entry : entries) {
                if (entry.endsWith("classes") && !entry.endsWith("test-classes")) {
                    folder(Path.of(entry), jar);
                }
            }
            for (String entry : entries) {
                if (entry.contains("onnxruntime") && entry.endsWith(".jar")) {
                    library(entry, jar);
                }
            }
        }
        return target;
    }

    private static void folder(Path folder, JarOutputStream jar) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(folder)) {
            files = tree.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            jar.putNextEntry(new JarEntry(folder.relativize(file).toString().replace('\\', '/')));
            Files.copy(file, jar);
        }
    }

    private static void library(String path, JarOutputStream jar) throws IOException {
        try (JarFile library = new JarFile(path)) {
            for (Enumeration<JarEntry> all = library.entries(); all.hasMoreElements(); ) {
                JarEntry entry = all.nextElement();
                String name = entry.getName();
                boolean foreign =
                        name.contains("/native/")
                                && !name.contains("/native/" + platform() + "/lib");
                if (!entry.isDirectory()
                        && !foreign
                        && !name.startsWith("META-INF/")
                        && !name.equals("ai/onnxruntime/OnnxRuntime.class")) {
                    jar.putNextEntry(new JarEntry(name));
                    try (InputStream in = library.getInputStream(entry)) {
                        in.transferTo(jar);
                    }
                }
            }
        }
    }

    private static String platform() {
        String os = System.getProperty("os.name").startsWith("Mac") ? "osx" : "linux";
        String arch = System.getProperty("os.arch");
        return os + "-" + (arch.equals("amd64") ? "x64" : arch);
    }
}
