package io.dormouse.worker.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.worker.Fault;
import io.dormouse.worker.Request;
import io.dormouse.worker.instance.AnswerBody;
import io.dormouse.worker.instance.AnswerHead;
import io.dormouse.worker.instance.HttpLink;
import io.dormouse.worker.instance.LinkBroken;
import io.dormouse.worker.instance.Patience;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// The engine's HTTP API, a connection for each call.
final class Engine {
    /// The newest version of the API that is spoken here; an engine that knows only older ones is
    /// spoken to in its own.
    private static final int MINOR_MAX = 47;

    private static final Duration USUAL = Duration.ofSeconds(60);
    private static final Duration PING = Duration.ofSeconds(3);
    private static final Duration FOREVER = Duration.ofDays(400);
    private static final int DOCUMENT_BYTES_MAX = 16 << 20;

    private final EngineAddress address;
    private final ScheduledExecutorService clock;
    private volatile Optional<Contact> contact = Optional.empty();

    /// What an engine said of itself.
    ///
    /// @param prefix of every path: `/v1.41`
    /// @param info what it can do
    private record Contact(String prefix, JsonNode info) {}

    /// @param clock for deadlines
    Engine(EngineAddress address, ScheduledExecutorService clock) {
        this.address = address;
        this.clock = clock;
    }

    EngineAddress address() {
        return address;
    }

    /// What it can do, as its [`/info`](https://docs.docker.com/reference/api/engine/) says.
    JsonNode info() throws IOException {
        return contact().info();
    }

    private Contact contact() throws IOException {
        Optional<Contact> known = contact;
        if (known.isPresent()) {
            return known.get();
        }
        String prefix = ping();
        JsonNode info = document(exchange("GET", prefix + "/info", Map.of(), NOTHING, USUAL));
        Contact made = new Contact(prefix, info);
        contact = Optional.of(made);
        return made;
    }

    /// Asks whether it is there.
    ///
    /// @return the prefix of its paths
    String ping() throws IOException {
        try (Stream answer = exchange("GET", "/_ping", Map.of(), NOTHING, PING)) {
            String version = answer.headers.getOrDefault("api-version", "1.41");
            String minor = version.startsWith("1.") ? version.substring(2) : "";
            if (!minor.matches("[0-9]{1,3}")) {
                throw new IOException("it speaks version " + version + " of the API");
            }
            return "/v1." + Math.min(MINOR_MAX, Integer.parseInt(minor));
        }
    }

    private static final byte[] NOTHING = {};

    /// Words for a path or a query.
    static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    JsonNode get(String path) throws IOException {
        return document(open("GET", path, Map.of(), NOTHING, USUAL));
    }

    JsonNode post(String path) throws IOException {
        return document(open("POST", path, Map.of(), NOTHING, USUAL));
    }

    JsonNode post(String path, JsonNode body) throws IOException {
        byte[] bytes = body.toString().getBytes(UTF_8);
        return document(
                open("POST", path, Map.of("Content-Type", "application/json"), bytes, USUAL));
    }

    void delete(String path) throws IOException {
        document(open("DELETE", path, Map.of(), NOTHING, USUAL));
    }

    /// An answer that goes on for as long as it likes.
    Stream stream(String method, String path, Map<String, String> headers) throws IOException {
        return open(method, path, headers, NOTHING, FOREVER);
    }

    /// Asks; the answer is its reader's to close.
    Stream open(
            String method, String path, Map<String, String> headers, byte[] body, Duration patience)
            throws IOException {
        return exchange(method, contact().prefix() + path, headers, body, patience);
    }

    private static JsonNode document(Stream answer) throws IOException {
        try (answer) {
            byte[] bytes = answer.readNBytes(DOCUMENT_BYTES_MAX);
            return bytes.length == 0
                    ? MissingNode.getInstance()
                    : JsonMapper.shared().readTree(bytes);
        } catch (JacksonException e) {
            throw new IOException("the engine's answer is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /// The body of an answer; closing it ends the connection.
    static final class Stream extends FilterInputStream {
        private final HttpLink link;
        private final Map<String, String> headers;

        private Stream(InputStream body, HttpLink link, Map<String, String> headers) {
            super(body);
            this.link = link;
            this.headers = headers;
        }

        @Override
        public void close() {
            link.close();
        }
    }

    private Stream exchange(
            String method, String path, Map<String, String> headers, byte[] body, Duration wait)
            throws IOException {
        SocketChannel channel = address.dial().connected();
        HttpLink link =
                new HttpLink(
                        Channels.newInputStream(channel),
                        Channels.newOutputStream(channel),
                        channel);
        Patience patience = new Patience(clock, wait, link::close);
        Map<String, String> all = new HashMap<>(headers);
        Request request = new Request(method, path, all, OptionalLong.of(body.length), wait);
        try {
            AnswerHead head =
                    link.exchange(
                            request, new ByteArrayInputStream(body), patience, Optional.empty());
            AnswerBody answer = new AnswerBody(head, link, patience, Engine::broken);
            Stream stream = new Stream(answer, link, head.headers());
            if (head.status() >= 400) {
                throw refused(head.status(), stream);
            }
            return stream;
        } catch (LinkBroken e) {
            link.close();
            throw new IOException(
                    "the engine at " + address.shown() + " does not answer " + path, e);
        }
    }

    private static Fault broken(LinkBroken broken) {
        return new Fault(broken.kind(), "the engine's answer broke off: " + broken.getMessage());
    }

    private static EngineFailed refused(int status, Stream answer) throws IOException {
        try (answer) {
            String text = new String(answer.readNBytes(DOCUMENT_BYTES_MAX), UTF_8);
            try {
                String message = JsonMapper.shared().readTree(text).path("message").asString("");
                return new EngineFailed(status, message.isEmpty() ? text : message);
            } catch (JacksonException e) {
                return new EngineFailed(status, text);
            }
        }
    }
}
