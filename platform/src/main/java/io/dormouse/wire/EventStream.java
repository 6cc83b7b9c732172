package io.dormouse.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/// AWS's event stream encoding: messages with headers and a payload, each guarded by checksums, in
/// answers of type [#MEDIA_TYPE].
///
///     u32 bytes in all | u32 bytes of headers | u32 CRC-32 of these eight bytes
///     headers: u8 bytes of the name, name, u8 7 (a string), u16 bytes of the value, value
///     payload | u32 CRC-32 of all before
///
/// AWS page: [event stream
/// encoding](https://smithy.io/2.0/aws/amazon-eventstream.html).
public final class EventStream {
    public static final String MEDIA_TYPE = "application/vnd.amazon.eventstream";

    private static final int PRELUDE_BYTES = 12;
    private static final int CRC_BYTES = 4;
    private static final byte STRING = 7;

    private EventStream() {}

    /// An event.
    ///
    /// @param type its member's name in the service's model, such as `PayloadPart`
    /// @param length how many bytes of `payload` it has, from the first
    public static byte[] event(String type, String contentType, byte[] payload, int length) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(":event-type", type);
        headers.put(":content-type", contentType);
        headers.put(":message-type", "event");
        return message(headers, payload, length);
    }

    /// An error in the middle of a stream: its last message.
    ///
    /// @param type a modelled error of the stream, such as `ModelStreamError`
    /// @param json its members
    public static byte[] exception(String type, String json) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(":exception-type", type);
        headers.put(":content-type", "application/json");
        headers.put(":message-type", "exception");
        byte[] payload = json.getBytes(UTF_8);
        return message(headers, payload, payload.length);
    }

    private static byte[] message(Map<String, String> headers, byte[] payload, int length) {
        int headerBytes = 0;
        for (Map.Entry<String, String> each : headers.entrySet()) {
            headerBytes += 4 + each.getKey().length() + each.getValue().length();
        }
        int all = PRELUDE_BYTES + headerBytes + length + CRC_BYTES;
        ByteBuffer message = ByteBuffer.allocate(all);
        message.putInt(all).putInt(headerBytes);
        message.putInt(crc(message));
        for (Map.Entry<String, String> each : headers.entrySet()) {
            message.put((byte) each.getKey().length()).put(each.getKey().getBytes(UTF_8));
            message.put(STRING);
            message.putShort((short) each.getValue().length());
            message.put(each.getValue().getBytes(UTF_8));
        }
        message.put(payload, 0, length);
        message.putInt(crc(message));
        return message.array();
    }

    /// Of all that has been put.
    private static int crc(ByteBuffer message) {
        CRC32 crc = new CRC32();
        crc.update(message.duplicate().flip());
        return (int) crc.getValue();
    }
}
