"""The strange worker as a program of script mode: what a request's body says, it does, misbehaving
included. Descriptor 0 is its connection where it has one slot."""

import os
import socket
import subprocess
import sys
import threading

KEPT = []


def model_fn(model_dir):
    there = os.listdir(model_dir)
    if "unloadable" in there:
        print("some line before", file=sys.stderr)
        print("cannot load: this is no model", file=sys.stderr, flush=True)
        os._exit(3)
    if "dead-on-arrival" in there:
        os._exit(1)
    print("strange worker is up", file=sys.stderr, flush=True)
    return model_dir


def transform_fn(model, data, content_type, accept, context):
    body = data.encode() if isinstance(data, str) else data
    if len(body) > 100:
        return "%d bytes, %d" % (len(body), sum(body)), "text/plain"
    words = body.decode().strip().split(" ")
    known = globals().get("do_" + words[0].replace("-", "_"))
    if known is None:
        return "you said " + " ".join(words), "text/plain"
    answer = known(context, *words[1:])
    return answer if isinstance(answer, tuple) else (answer, "text/plain")


def raw(text, then=None):
    os.write(0, text.encode())
    if then is not None:
        os._exit(then)
    hang()


def hang():
    threading.Event().wait()


def do_wrong(context):
    context.set_response_status(400)
    return "the input is wrong"


def do_head(context):
    headers = context.get_all_request_header()
    return "".join("\r\n%s: %s" % each for each in headers.items()) + "\r\n"


def do_environment(context):
    return "{" + ", ".join("%s=%s" % each for each in os.environ.items()) + "}"


def do_say(context, text):
    print(text, file=sys.stderr, flush=True)
    return "said"


def do_die(context):
    os._exit(7)


def do_hang(context):
    print("hanging", file=sys.stderr, flush=True)
    hang()


def do_eat(context):
    while True:
        KEPT.append(b"x" * (1 << 20))


def do_garbage(context):
    raw("SSH-2.0-OpenSSH_9.2\r\n\r\n")


def do_no_length(context):
    raw("HTTP/1.1 200 OK\r\n\r\nwhat now")


def do_two_lengths(context):
    raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")


def do_truncated(context):
    raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", 0)


def do_truncated_head(context):
    raw("HTTP/1.1 200 OK\r\nContent-Le", 0)


def do_truncated_chunk(context):
    raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf", 0)


def do_stall(context):
    raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


def do_zeros(context, count):
    return bytes(int(count))


def do_chunked(context):
    return (each for each in (b"hello", b", world"))


def tried(what):
    """As the other strange worker names what kept it."""
    try:
        return what()
    except FileNotFoundError as e:
        return "NoSuchFileException: %s" % e
    except OSError as e:
        return "IOException: %s" % e


def do_connect(context, host, port):
    def connect():
        socket.create_connection((host, int(port)), 2).close()
        return "connected"

    return tried(connect)


def do_write(context, path):
    def write():
        with open(path, "w") as file:
            return "written" if file.write("written") else ""

    return tried(write)


def do_read(context, path):
    return tried(lambda: open(path, encoding="latin-1").read())


def do_list(context, path):
    return tried(lambda: "".join(each + "," for each in os.listdir(path)))


def do_status(context):
    return do_read(context, "/proc/self/status")


def do_descriptors(context):
    open_ones = []
    for each in os.listdir("/proc/self/fd"):
        try:
            open_ones.append(os.readlink("/proc/self/fd/" + each))
        except OSError:
            pass  # that of the list itself
    return str(open_ones)


def do_fork(context):
    try:
        for _ in range(2000):
            KEPT.append(subprocess.Popen(["/bin/sleep", "60"]))
    except OSError:
        return "%d started" % len(KEPT)
    return "%d started and no end" % len(KEPT)


def do_fill(context, path):
    written = 0
    try:
        with open(path, "wb", 0) as file:
            while written < 2000:
                whole = file.write(bytes(1 << 20)) == 1 << 20
                written += 1 if whole else 0
    except OSError as e:
        return "after %d MB: %s" % (written, e.strerror)
    return "%d MB and no end" % written
