package io.dormouse.modelserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP as the worker reads and writes it: where a request ends must never be in doubt.
class HttpConnectionTest {
    private static final int PAYLOAD_MAX = 100;

    private final List<Head> heads = new ArrayList<>();
    private final List<String> bodies = new ArrayList<>();

    private Response echo(Head head, Body body) throws IOException {
        heads.add(head);
        String text = new String(body.readAllBytes(), StandardCharsets.ISO_8859_1);
        bodies.add(text);
        return Response.ok(Response.text("text/plain", text));
    }

    private String talk(String requests) throws IOException {
        return talk(new ByteArrayInputStream(requests.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private String talk(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new HttpConnection(in, out, this::echo, PAYLOAD_MAX).serve();
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void requestsThatFollowEachOtherAreAnsweredInOrder() throws IOException {
        String answers =
                talk(
                        """
                        POST /a?x=1 HTTP/1.1\r
                        content-length:  3\r
                        CONTENT-TYPE: text/csv\r
                        Accept: text/csv\r
                        Accept: */*\r
                        X-Amzn-SageMaker-Custom-Attributes: trace=7\r
                        \r
                        abcGET /b HTTP/1.1\r
                        \r
                        POST /c HTTP/1.1\r
                        Transfer-Encoding: chunked\r
                        \r
                        4;name=value\r
                        defg\r
                        0A\r
                        0123456789\r
                        0\r
                        Trailer: ignored\r
                        \r
                        GET /d HTTP/1.1\r
                        Connection: close\r
                        \r
                        """);
        assertEquals(List.of("abc", "", "defg0123456789", ""), bodies);
        assertEquals(List.of("/a", "/b", "/c", "/d"), heads.stream().map(Head::path).toList());
        assertEquals("text/csv", heads.getFirst().contentType());
        assertEquals("text/csv, */*", heads.getFirst().accept());
        assertEquals("trace=7", heads.getFirst().customAttributes());
        assertTrue(answers.endsWith("Connection: close\r\nContent-Length: 0\r\n\r\n"), answers);
    }

    @Test
    void requestsMayComeByteByByte() throws IOException {
        byte[] bytes =
                "POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nokPOST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1);
        talk(
                new InputStream() {
                    private int at;

                    @Override
                    public int read() {
                        return at < bytes.length ? bytes[at++] : -1;
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) {
                        int next = read();
                        if (next < 0) {
                            return -1;
                        }
                        target[offset] = (byte) next;
                        return 1;
                    }
                });
        assertEquals(List.of("ok", "hi"), bodies);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|Content-Length: 3&Transfer-Encoding: chunked",
                "400|Content-Length: 3&Content-Length: 4",
                "400|Content-Length: -1",
                "400|Content-Length: 3x",
                "400|Content-Length : 3",
                "400|no colon",
                "400|: no name",
                "501|Transfer-Encoding: gzip, chunked",
            })
    void headersThatLeaveTheEndInDoubtEndTheConnection(int status, String headers)
            throws IOException {
        String lines = headers.replace("&", "\r\n");
        String answer = talk("POST /a HTTP/1.1\r\n" + lines + "\r\n\r\nabcGET /b HTTP/1.1\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertTrue(answer.contains("\r\nConnection: close\r\n"), answer);
        assertEquals(List.of(), bodies);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\r\n",
                "5\r\nabc\r\n0\r\n\r\n",
                "-1\r\n",
                "3abc\r\n",
                "3\r\nabcd\r\n",
                "\r\n",
                "ffffffffffffff\r\n"
            })
    void chunksThatAreNoneEndTheConnection(String chunks) throws IOException {
        String head = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        String answer = talk(head + chunks + "GET /b HTTP/1.1\r\n\r\n");
        assertTrue(answer.matches("(?s)HTTP/1.1 4\\d\\d .*Connection: close.*"), answer);
        assertEquals(List.of(), bodies);
    }

    @Test
    void aBodyOverTheLimitIsRefusedAndTheConnectionGoesOn() throws IOException {
        String answers =
                talk(
                        "POST /a HTTP/1.1\r\nContent-Length: 101\r\n\r\n"
                                + "x".repeat(101)
                                + "GET /b HTTP/1.1\r\n\r\n");
        assertTrue(answers.startsWith("HTTP/1.1 413 Content Too Large\r\n"), answers);
        assertTrue(answers.contains("the body has 101 bytes, the limit is 100"), answers);
        assertEquals("/b", heads.getFirst().path());
    }

    @Test
    void chunksOverTheLimitAreRefused() throws IOException {
        String head = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        String answer = talk(head + "40\r\n" + "x".repeat(64) + "\r\n40\r\n" + "x".repeat(64));
        assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
    }

    @Test
    void aHeadOverTheLimitIsRefused() throws IOException {
        String answer = talk("GET /a HTTP/1.1\r\nX: " + "x".repeat(Wire.HEAD_MAX) + "\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
    }

    @Test
    void aSenderThatWaitsIsToldToGoOn() throws IOException {
        String answers =
                talk("POST /a HTTP/1.1\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx");
        assertTrue(answers.startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), answers);
    }

    @Test
    void anEndInsideARequestIsNoEnd() {
        assertThrows(EOFException.class, () -> talk("POST /a HTTP/1.1\r\nContent-Le"));
        assertThrows(
                EOFException.class, () -> talk("POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc"));
    }

    @Test
    void whatTheHandlerLeavesUnreadIsSkipped() throws IOException {
        byte[] requests =
                "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcdeGET /b HTTP/1.1\r\n\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1);
        new HttpConnection(
                        new ByteArrayInputStream(requests),
                        OutputStream.nullOutputStream(),
                        (head, _) -> {
                            heads.add(head);
                            return Response.empty();
                        },
                        PAYLOAD_MAX)
                .serve();
        assertEquals(List.of("/a", "/b"), heads.stream().map(Head::path).toList());
    }

    @Test
    void anAnswerOfUnknownLengthIsSentInChunks() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new HttpConnection(
                        new ByteArrayInputStream(
                                "GET /a HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)),
                        out,
                        (_, _) -> Response.ok(new Streamed()),
                        PAYLOAD_MAX)
                .serve();
        HttpClient.Reply reply =
                new HttpClient(
                                new ByteArrayInputStream(out.toByteArray()),
                                OutputStream.nullOutputStream())
                        .reply();
        assertEquals("one two ".repeat(5000), reply.body());
    }

    private record Streamed() implements Answer {
        @Override
        public String contentType() {
            return "text/plain";
        }

        @Override
        public long length() {
            return UNKNOWN_LENGTH;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            for (int i = 0; i < 5000; i++) {
                out.write("one two ".getBytes(StandardCharsets.ISO_8859_1));
            }
        }
    }
}
