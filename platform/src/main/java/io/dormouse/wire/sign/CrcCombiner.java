package io.dormouse.wire.sign;

/// CRCs of wholes from CRCs of parts, without reading a byte again: appending n zero bytes
/// multiplies a CRC by x^8n modulo its polynomial (the arithmetic is that of zlib's
/// `crc32_combine`; bits are reflected, so the highest is x^0).
///
/// @param polynomial reflected, without the leading term
/// @param width bits
record CrcCombiner(long polynomial, int width) {
    static final CrcCombiner CRC32 = new CrcCombiner(0xEDB88320L, Integer.SIZE);
    static final CrcCombiner CRC32C = new CrcCombiner(0x82F63B78L, Integer.SIZE);
    static final CrcCombiner CRC64NVME = new CrcCombiner(Crc64Nvme.POLYNOMIAL, Long.SIZE);

    /// The CRC of two runs of bytes from theirs.
    long combine(long first, long second, long secondBytes) {
        return times(first, xToThe8(secondBytes)) ^ second;
    }

    /// x^(8·bytes).
    private long xToThe8(long bytes) {
        long power = one() >>> Byte.SIZE;
        long result = one();
        for (long left = bytes; left != 0; left >>>= 1) {
            if ((left & 1) == 1) {
                result = times(result, power);
            }
            power = times(power, power);
        }
        return result;
    }

    private long one() {
        return 1L << (width - 1);
    }

    private long times(long a, long b) {
        long product = 0;
        long shifted = b;
        for (long bit = one(); bit != 0; bit >>>= 1) {
            if ((a & bit) != 0) {
                product ^= shifted;
            }
            shifted = (shifted & 1) == 1 ? shifted >>> 1 ^ polynomial : shifted >>> 1;
        }
        return product;
    }
}
