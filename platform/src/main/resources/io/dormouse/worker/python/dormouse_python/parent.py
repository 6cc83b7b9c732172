"""A process that has an environment's libraries loaded and forks a model server for each instance.

It opens no model and no program, has one thread, and says so: what is forked while others run is
left with locks that nobody opens.

    platform: control                     ->  parent: alone      (it has its user namespace)
    platform: {"imports": [...]}          ->  parent: ready {"threads": 1, ...}
    platform: log ID   (a connection)
    platform: instance ID {"words": ...}  ->  parent: born ID PID        (on control)
                                          ->  child:  furnished          (on the instance's)
    platform: go                          ->  child:  answers HTTP there
                                          ->  parent: exit PID CODE      (on control)
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
import traceback

from dormouse_python import coding, contract, server, walls, wire  # noqa: F401 (for the children)

LINE_BYTES_MAX = 1 << 20
DESCRIPTORS_MAX = 65536


def _line(descriptor):
    """One line and nothing of what follows it."""
    line = b""
    while not line.endswith(b"\n"):
        one = os.read(descriptor, 1)
        if not one or len(line) > LINE_BYTES_MAX:
            raise EOFError("the platform hung up")
        line += one
    return line[:-1].decode("utf-8")


def threads():
    """How many this process has, as the kernel says; 1 where it does not."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1


class Parent:
    def __init__(self, options):
        self.walled = options.get("--walls") == "namespaces"
        self.scratch = options.get("--scratch")
        if self.walled:
            walls.unshare(walls.CLONE_NEWUSER)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(options.get("--listen"))
        self.listener.listen(256)
        self.control = None
        self.logs = {}
        self.controller = None
        self.pools = []

    def say(self, text):
        self.control.sendall((text + "\n").encode("utf-8"))

    def begin(self):
        """Takes the first connection and loads what is asked for on it."""
        self.control, _ = self.listener.accept()
        if _line(self.control.fileno()) != "control":
            raise EOFError("no control connection")
        self.say("alone" if self.walled else "open")
        asked = json.loads(_line(self.control.fileno()))
        began = time.monotonic()
        missing = []
        for name in asked["imports"]:
            try:
                importlib.import_module(name)
            except BaseException:
                missing.append(name)
        self._find_pools()
        gc.collect()
        gc.freeze()
        count = threads()
        told = {
            "threads": count,
            "modules": len(sys.modules),
            "missing": len(missing),
            "millis": int((time.monotonic() - began) * 1000),
        }
        self.say("ready " + json.dumps(told))

    def _find_pools(self):
        """The libraries whose threads are counted once, here, and set in each child."""
        try:
            import threadpoolctl

            self.controller = threadpoolctl.ThreadpoolController()
        except Exception:
            self.controller = None

    def run(self):
        wake, woken = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(woken, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(woken)
        poll = select.poll()
        for each in (0, self.listener.fileno(), self.control.fileno(), wake):
            poll.register(each, select.POLLIN)
        while True:
            for descriptor, _ in poll.poll():
                if descriptor in (0, self.control.fileno()):
                    if not os.read(descriptor, 4096):
                        return
                elif descriptor == wake:
                    os.read(wake, 4096)
                    self.reap()
                else:
                    self.connected()

    def reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            self.say("exit %d %d" % (pid, code if code >= 0 else 128 - code))

    def connected(self):
        connection, _ = self.listener.accept()
        try:
            what, name, *rest = _line(connection.fileno()).split(" ", 2)
            if what == "log":
                self.logs[name] = connection
                return
            log = self.logs.pop(name)
            try:
                self.bear(name, json.loads(rest[0]), connection, log)
            finally:
                log.close()
        except (EOFError, KeyError, ValueError, OSError):
            traceback.print_exc()
        connection.close()

    def bear(self, name, asked, connection, log):
        began = time.monotonic_ns()
        if threads() != 1:
            self.say("unborn %s it has threads" % name)
            return
        first = os.fork()
        if first == 0:
            try:
                self.child(name, asked, connection, log, began)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(70)
        if self.walled:
            # It has only made the namespaces, for a child that is ours now.
            os.waitpid(first, 0)
        else:
            self.say("born %s %d" % (name, first))

    def child(self, name, asked, connection, log, began):
        if self.walled:
            walls.unshare(walls.CLONE_NEWNS | walls.CLONE_NEWPID)
            pid = os.fork()
            if pid:
                self.say("born %s %d" % (name, pid))
                os._exit(0)
        else:
            walls.die_with_parent()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(connection.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        os.closerange(3, DESCRIPTORS_MAX)
        if self.walled:
            walls.furnish(self.scratch)
        os.write(0, b"furnished\n")
        if _line(0) != "go":
            os._exit(0)
        if self.walled:
            walls.renounce()
            os.chdir("/tmp")
        self.become(asked)
        server.run(server.Options(asked["words"]), began)

    def become(self, asked):
        """From here on it is the owner's: the environment, the seeds, the threads."""
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.path[:0] = [each for each in os.environ.get("PYTHONPATH", "").split(":") if each]
        count = asked["threads"]
        server.prepare_threads(count)
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            numpy.random.seed()
        if count > 1:
            if self.controller is not None:
                self.pools.append(self.controller.limit(limits=count))
            if "torch" in sys.modules:
                sys.modules["torch"].set_num_threads(count)


def main(words):
    server.prepare_threads(1)
    options = server.Options(words)
    parent = Parent(options)
    try:
        parent.begin()
    except (EOFError, OSError):
        traceback.print_exc()
        os._exit(1)
    parent.run()
    os._exit(0)
