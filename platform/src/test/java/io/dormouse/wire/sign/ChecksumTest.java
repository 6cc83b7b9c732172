package io.dormouse.wire.sign;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChecksumTest {
    private static byte[] of(Checksum checksum, byte[] bytes, int from, int to) {
        Checksum.Running running = checksum.start();
        running.update(bytes, from, to - from);
        return running.value();
    }

    /// The check values of the CRC catalogue: the checksum of the digits 1 to 9.
    @Test
    void theCatalogueAgrees() {
        byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        HexFormat hex = HexFormat.of();
        assertEquals("cbf43926", hex.formatHex(of(Checksum.CRC32, digits, 0, 9)));
        assertEquals("e3069283", hex.formatHex(of(Checksum.CRC32C, digits, 0, 9)));
        assertEquals("ae8b14860a799888", hex.formatHex(of(Checksum.CRC64NVME, digits, 0, 9)));
    }

    @ParameterizedTest
    @EnumSource(names = {"CRC32", "CRC32C", "CRC64NVME"})
    void theChecksumOfAWholeFollowsFromThoseOfItsParts(Checksum checksum) {
        byte[] bytes = new byte[100_001];
        new Random(7).nextBytes(bytes);
        for (int cut : new int[] {0, 1, 7, 8, 50_000, 99_999, 100_001}) {
            assertArrayEquals(
                    of(checksum, bytes, 0, bytes.length),
                    checksum.combine(
                            of(checksum, bytes, 0, cut),
                            of(checksum, bytes, cut, bytes.length),
                            bytes.length - cut),
                    "cut at " + cut);
        }
    }
}
