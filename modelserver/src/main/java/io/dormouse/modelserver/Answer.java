package io.dormouse.modelserver;

import java.io.IOException;
import java.io.OutputStream;

/// What a model answered. It is written once, by the thread that asked.
public interface Answer {
    /// Stands for a length that is not known before the body is written; the answer is then sent in
    /// chunks.
    long UNKNOWN_LENGTH = -1;

    String contentType();

    /// In bytes, or [#UNKNOWN_LENGTH].
    long length();

    void writeTo(OutputStream out) throws IOException;

    /// An answer that is there as a whole: the first `length` bytes of `body`, which is not copied.
    static Answer of(String contentType, byte[] body, int length) {
        return new Whole(contentType, body, length);
    }

    /// The form of [#of].
    ///
    /// @param body not copied
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Whole(String contentType, byte[] body, long length) implements Answer {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(body, 0, (int) length);
        }
    }
}
