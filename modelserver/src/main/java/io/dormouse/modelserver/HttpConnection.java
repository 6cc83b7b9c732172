package io.dormouse.modelserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// HTTP/1.1 on one pair of streams, one request after the other, until the other side ends it.
final class HttpConnection {
    /// Answers a request. Whatever it throws as an [IOException] while the body is whole is the
    /// model's fault.
    interface Handler {
        /// An exchange begins; [#ended] follows, whatever becomes of it.
        default void begun(Head head) {}

        Response handle(Head head, Body body) throws IOException;

        /// Its answer is out, or never will be.
        default void ended(Head head) {}
    }

    private final Wire wire;
    private final Handler handler;
    private final long payloadMax;

    HttpConnection(InputStream in, OutputStream out, Handler handler, long payloadMax) {
        this.wire = new Wire(in, out);
        this.handler = handler;
        this.payloadMax = payloadMax;
    }

    /// Returns when the connection has ended in good order.
    ///
    /// @throws IOException when it broke
    void serve() throws IOException {
        boolean more = true;
        while (more) {
            try {
                String text = wire.head();
                more = !text.isEmpty() && begin(Head.parse(text));
            } catch (BadHead e) {
                write(Response.fatal(e.status(), e.sentence()), true);
                return;
            }
        }
    }

    private boolean begin(Head head) throws IOException {
        handler.begun(head);
        try {
            return exchange(head);
        } finally {
            handler.ended(head);
        }
    }

    private boolean exchange(Head head) throws IOException {
        if (head.length() > payloadMax) {
            String limit = "the body has " + head.length() + " bytes, the limit is " + payloadMax;
            return discard(head, Response.error(413, limit));
        }
        if (head.expectsContinue()) {
            wire.write("HTTP/1.1 100 Continue\r\n\r\n");
            wire.flush();
        }
        Body body = new Body(wire, head.length(), payloadMax);
        Response response;
        try {
            response = handler.handle(head, body);
            body.drain();
        } catch (Body.Violation e) {
            response = Response.fatal(e.status(), e.sentence());
        }
        boolean more = head.keepAlive() && !response.close();
        write(response, !more);
        return more;
    }

    /// A body that is too large is read and forgotten, so that its sender, who may be writing
    /// still, gets to read the answer.
    private boolean discard(Head head, Response response) throws IOException {
        if (head.expectsContinue()) {
            write(response, true);
            return false;
        }
        new Body(wire, head.length(), Long.MAX_VALUE).drain();
        write(response, !head.keepAlive());
        return head.keepAlive();
    }

    private void write(Response response, boolean last) throws IOException {
        Answer answer = response.answer();
        wire.write("HTTP/1.1 " + response.status() + ' ' + response.reason() + "\r\n");
        if (!answer.contentType().isEmpty()) {
            wire.write("Content-Type: " + answer.contentType() + "\r\n");
        }
        wire.write(response.headers());
        if (last) {
            wire.write("Connection: close\r\n");
        }
        if (answer.length() == Answer.UNKNOWN_LENGTH) {
            wire.write("Transfer-Encoding: chunked\r\n\r\n");
            answer.writeTo(new Chunks());
            wire.write("0\r\n\r\n");
        } else {
            wire.write("Content-Length: " + answer.length() + "\r\n\r\n");
            answer.writeTo(new Plain());
        }
        wire.flush();
    }

    private final class Plain extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            wire.write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            wire.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            wire.flush();
        }
    }

    private final class Chunks extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0) {
                wire.write(Integer.toHexString(length) + "\r\n");
                wire.write(bytes, offset, length);
                wire.write("\r\n");
            }
        }

        @Override
        public void flush() throws IOException {
            wire.flush();
        }
    }
}
