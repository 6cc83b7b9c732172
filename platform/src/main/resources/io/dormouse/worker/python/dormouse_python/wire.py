"""HTTP/1.1 over two descriptors: small enough to be there in no time."""

import os

HEAD_BYTES_MAX = 16 * 1024
PIECE_BYTES = 256 * 1024

PHRASES = {
    200: "OK",
    202: "Accepted",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    411: "Length Required",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
}


class Refused(Exception):
    """A request that is not read any further: its connection ends with the answer."""

    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Gone(Exception):
    """The other end has hung up."""


class Request:
    def __init__(self, method, path, headers):
        self.method = method
        self.path = path
        self.headers = headers
        self.names = {name.lower(): value for name, value in headers}
        self.body = b""

    def header(self, name, otherwise=None):
        return self.names.get(name.lower(), otherwise)


class Connection:
    """One connection: a request, its answer, the next request."""

    def __init__(self, source, sink, payload_max):
        self.source = source
        self.sink = sink
        self.payload_max = payload_max
        self.read_ahead = b""

    def _more(self):
        try:
            piece = os.read(self.source, PIECE_BYTES)
        except OSError:
            piece = b""
        if not piece:
            raise Gone()
        return piece

    def _until(self, mark, most):
        data = self.read_ahead
        while mark not in data:
            if len(data) > most:
                raise Refused(431, "the head of the request is larger than %d bytes" % most)
            data += self._more()
        found, self.read_ahead = data.split(mark, 1)
        return found

    def _exactly(self, length):
        pieces = [self.read_ahead[:length]]
        self.read_ahead = self.read_ahead[length:]
        left = length - len(pieces[0])
        while left > 0:
            piece = self._more()
            pieces.append(piece[:left])
            self.read_ahead = piece[left:]
            left -= len(pieces[-1])
        return b"".join(pieces)

    def head(self):
        """The next request without its body; None where there is no further one."""
        try:
            text = self._until(b"\r\n\r\n", HEAD_BYTES_MAX).decode("latin-1")
        except Gone:
            return None
        lines = text.split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3:
            raise Refused(400, "the first line of the request is no HTTP: " + lines[0][:100])
        headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon:
                raise Refused(400, "a header of the request has no colon: " + line[:100])
            headers.append((name.strip(), value.strip()))
        return Request(words[0], words[1], headers)

    def body(self, request):
        """Reads the body of a request, whole: the contract gives it to the program as such."""
        length = request.header("content-length")
        chunked = "chunked" in request.header("transfer-encoding", "").lower()
        if length is None and not chunked:
            if request.method == "POST":
                raise Refused(411, "the request has neither Content-Length nor chunks")
            return
        if length is not None and not (length.isdigit() and len(length) < 19):
            raise Refused(400, "Content-Length is no number of bytes: " + length[:100])
        if length is not None and int(length) > self.payload_max:
            raise self._too_large()
        if request.header("expect", "").lower() == "100-continue":
            self._write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.body = self._chunks() if chunked else self._exactly(int(length))

    def _chunks(self):
        pieces = []
        size = 0
        while True:
            line = self._until(b"\r\n", 1024)
            try:
                length = int(line.split(b";")[0], 16)
            except ValueError:
                raise Refused(400, "the length of a chunk is no number") from None
            size += length
            if size > self.payload_max:
                raise self._too_large()
            if length == 0:
                while self._until(b"\r\n", HEAD_BYTES_MAX):
                    pass
                return b"".join(pieces)
            pieces.append(self._exactly(length))
            self._exactly(2)

    def exchange(self, head, body):
        """Asks as a client does, and reads the answer."""
        self._write(head.encode("latin-1", "replace") + b"\r\n\r\n" + body)
        text = self._until(b"\r\n\r\n", HEAD_BYTES_MAX).decode("latin-1")
        lines = text.split("\r\n")
        headers = [tuple(each.strip() for each in line.split(":", 1)) for line in lines[1:]]
        answer = Request("", lines[0], headers)
        answer.body = self._exactly(int(answer.header("content-length", "0")))
        return answer

    def _too_large(self):
        return Refused(413, "the request is larger than %d bytes" % self.payload_max)

    def _write(self, data):
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self.sink, view) :]
        except OSError:
            raise Gone() from None

    def answer(self, status, headers, body):
        """Writes an answer, its body as bytes or piece by piece."""
        phrase = PHRASES.get(status, "Status")
        lines = ["HTTP/1.1 %d %s" % (status, phrase)]
        lines += ["%s: %s" % (name, _one_line(value)) for name, value in headers]
        whole = isinstance(body, (bytes, bytearray, memoryview))
        lines.append("Content-Length: %d" % len(body) if whole else "Transfer-Encoding: chunked")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        if whole:
            self._write(head + bytes(body) if len(body) < PIECE_BYTES else head)
            if len(body) >= PIECE_BYTES:
                self._write(body)
            return
        self._write(head)
        for piece in body:
            if isinstance(piece, str):
                piece = piece.encode("utf-8")
            if piece:
                self._write(b"%x\r\n" % len(piece) + bytes(piece) + b"\r\n")
        self._write(b"0\r\n\r\n")

    def sentence(self, status, text, headers=()):
        body = text.encode("utf-8", "replace")
        kind = ("Content-Type", "text/plain; charset=utf-8")
        self.answer(status, [kind, *headers], body)


def _one_line(value):
    return str(value).replace("\r", " ").replace("\n", " ")
