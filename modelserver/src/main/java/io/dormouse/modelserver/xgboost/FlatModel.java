package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Unloadable;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// A model as the arrays that it is scored with, one behind the other in a file: what a start reads
/// instead of a document. A worker's first milliseconds run interpreted, where parsing costs what it
/// costs for each byte, and a bulk copy next to nothing.
///
///     magic, version, checksum of all that follows
///     length of the model file that it was made of
///     features, margins, booster, its arrays (each behind its length)
///     the objective's name, to the end
///
/// All are ints in little-endian order, but for the length, a long, and the name, UTF-8.
final class FlatModel {
    /// The file's name in the folder that `Prepare` writes.
    static final String FILE = "model.flat";

    private static final long MAGIC = 0x544c464247584d44L; // "DMXGBFLT"

    /// To be raised when the order of the file changes, or what [Forest] makes of its arrays.
    private static final int VERSION = 1;

    private static final int VERSION_AT = 8;
    private static final int CHECKSUM_AT = 12;
    private static final int BODY_AT = 16;
    private static final int INTS_AT = 24;

    private static final int TREES = 1;
    private static final int LINEAR = 2;

    private FlatModel() {}

    /// @param original the model file that was parsed; its length marks what this was made of
    /// @throws IOException when it is too large for one array, and is to be parsed at each start
    static byte[] of(XgboostModel model, byte[] original) throws IOException {
        int[][] arrays =
                switch (model.booster()) {
                    case Forest forest -> forest.arrays();
                    case Linear linear -> new int[][] {bits(linear.weights())};
                };
        int[] margins = bits(model.baseMargins());
        byte[] name = model.objective().getBytes(StandardCharsets.UTF_8);
        long size = INTS_AT + name.length + 4L * (3 + margins.length);
        for (int[] array : arrays) {
            size += 4L * (array.length + 1);
        }
        if (size > Integer.MAX_VALUE - 8) {
            throw new IOException("the prepared model would take " + size + " bytes");
        }
        ByteBuffer out = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(original.length);
        out.putInt(model.features());
        put(out, margins);
        out.putInt(model.booster() instanceof Forest ? TREES : LINEAR);
        for (int[] array : arrays) {
            put(out, array);
        }
        out.put(name);
        return out.putInt(CHECKSUM_AT, checksum(out.array())).array();
    }

    private static void put(ByteBuffer out, int[] array) {
        out.putInt(array.length);
        out.asIntBuffer().put(array);
        out.position(out.position() + 4 * array.length);
    }

    /// Reads the model of a prepared folder.
    ///
    /// @param original the model file that it must have been made of
    /// @throws IOException when there is no such file, or it is damaged, of another version, or of
    ///   another model: the original is to be parsed
    static XgboostModel read(File folder, File original) throws IOException {
        byte[] file;
        try (FileInputStream in = new FileInputStream(new File(folder, FILE))) {
            file = in.readAllBytes();
        }
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < INTS_AT || buffer.getLong(0) != MAGIC) {
            throw new IOException("is no prepared model");
        }
        if (buffer.getInt(VERSION_AT) != VERSION) {
            throw new IOException("is of version " + buffer.getInt(VERSION_AT));
        }
        if (buffer.getInt(CHECKSUM_AT) != checksum(file)) {
            throw new IOException("is damaged");
        }
        if (buffer.getLong(BODY_AT) != original.length()) {
            throw new IOException("was made of another model");
        }
        IntBuffer ints = buffer.position(INTS_AT).asIntBuffer();
        int features = number(ints);
        float[] margins = floats(array(ints));
        Margins booster =
                switch (number(ints)) {
                    case TREES ->
                            new Forest(
                                    array(ints),
                                    array(ints),
                                    array(ints),
                                    array(ints),
                                    margins.length,
                                    array(ints));
                    case LINEAR -> new Linear(floats(array(ints)), margins.length);
                    default -> throw new IOException("holds a booster that is not known");
                };
        int at = INTS_AT + 4 * ints.position();
        String name = new String(file, at, file.length - at, StandardCharsets.UTF_8);
        try {
            return new XgboostModel(features, margins, Objective.of(name), name, booster);
        } catch (Unloadable e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static int checksum(byte[] file) {
        // This one is computed by the processor even where all else is interpreted.
        CRC32 checksum = new CRC32();
        checksum.update(file, BODY_AT, file.length - BODY_AT);
        return (int) checksum.getValue();
    }

    private static int number(IntBuffer ints) throws IOException {
        if (!ints.hasRemaining()) {
            throw new IOException("ends too soon");
        }
        return ints.get();
    }

    private static int[] array(IntBuffer ints) throws IOException {
        int length = number(ints);
        if (length < 0 || length > ints.remaining()) {
            throw new IOException("holds an array of " + length + " numbers");
        }
        int[] array = new int[length];
        ints.get(array);
        return array;
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    private static float[] floats(int[] bits) {
        float[] values = new float[bits.length];
        for (int i = 0; i < bits.length; i++) {
            values[i] = Float.intBitsToFloat(bits[i]);
        }
        return values;
    }
}
