package io.dormouse.wire;

import io.dormouse.aws.AwsError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Reads bodies that are documents. SDKs compress large ones by themselves (CloudWatch's
/// PutMetricData from 10 KB on).
///
/// @see <a href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-compression.html">Request
///   compression</a>
final class Bodies {
    private Bodies() {}

    /// The whole body, unpacked.
    ///
    /// @throws Exchange.TooLarge where it is longer than `bytesMax`, packed or unpacked
    static byte[] read(Exchange exchange, int bytesMax) throws IOException {
        byte[] sent = exchange.buffer(bytesMax);
        String coding = exchange.header("content-encoding").orElse("").strip();
        return switch (coding.toLowerCase(Locale.ROOT)) {
            case "", "identity" -> sent;
            case "gzip" -> unzip(sent, bytesMax);
            default ->
                    throw AwsError.error(
                            "UnsupportedMediaTypeException",
                            415,
                            "Content-Encoding '"
                                    + coding
                                    + "' is not understood: use gzip or none.");
        };
    }

    private static byte[] unzip(byte[] packed, int bytesMax) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            byte[] unpacked = in.readNBytes(bytesMax);
            if (in.read() >= 0) {
                throw new Exchange.TooLarge(bytesMax);
            }
            return unpacked;
        } catch (ZipException | java.io.EOFException e) {
            throw AwsError.SERIALIZATION.of("The body is not gzip: " + e.getMessage());
        }
    }
}
