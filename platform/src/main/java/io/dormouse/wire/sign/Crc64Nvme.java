package io.dormouse.wire.sign;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.Checksum;

/// CRC-64/NVME, S3's default checksum, eight bytes at a step.
final class Crc64Nvme implements Checksum {
    /// The polynomial 0xAD93D23594C93659, its bits reflected.
    static final long POLYNOMIAL = 0x9A6C9329AC4BC9B5L;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long[][] TABLES = tables();

    private long crc = ~0L;

    /// `TABLES[k][b]`: what the byte `b` does to the register when `k` zero bytes follow it.
    private static long[][] tables() {
        long[][] tables = new long[Long.BYTES][256];
        for (int b = 0; b < 256; b++) {
            long value = b;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                value = (value & 1) == 1 ? value >>> 1 ^ POLYNOMIAL : value >>> 1;
            }
            tables[0][b] = value;
        }
        for (int k = 1; k < tables.length; k++) {
            for (int b = 0; b < 256; b++) {
                long before = tables[k - 1][b];
                tables[k][b] = tables[0][(int) before & 0xff] ^ before >>> Byte.SIZE;
            }
        }
        return tables;
    }

    @Override
    public void update(int b) {
        crc = TABLES[0][(int) (crc ^ b) & 0xff] ^ crc >>> Byte.SIZE;
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        long c = crc;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            c ^= (long) LONGS.get(bytes, at);
            c =
                    TABLES[7][(int) c & 0xff]
                            ^ TABLES[6][(int) (c >>> 8) & 0xff]
                            ^ TABLES[5][(int) (c >>> 16) & 0xff]
                            ^ TABLES[4][(int) (c >>> 24) & 0xff]
                            ^ TABLES[3][(int) (c >>> 32) & 0xff]
                            ^ TABLES[2][(int) (c >>> 40) & 0xff]
                            ^ TABLES[1][(int) (c >>> 48) & 0xff]
                            ^ TABLES[0][(int) (c >>> 56) & 0xff];
        }
        crc = c;
        for (; at < end; at++) {
            update(bytes[at]);
        }
    }

    @Override
    public long getValue() {
        return ~crc;
    }

    @Override
    public void reset() {
        crc = ~0L;
    }
}
