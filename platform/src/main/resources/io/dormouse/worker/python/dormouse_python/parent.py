"""A process that has an environment's libraries loaded and forks a model server for each instance.

It opens no model and no program, reads nothing that belongs to an instance, and has one thread, and
says so: what is forked while others run is left with locks that nobody opens.

    platform: control                     ->  parent: alone | open       (has its user namespace?)
    platform: {"imports": [...]}          ->  parent: ready {"threads": 1, ...}
                                          or  parent: threaded MODULE
    platform: log ID                      (a connection: the instance's descriptors 1 and 2)
    platform: instance ID {"imports": [...], "network": true}
                                          (another: its descriptor 0)
                                          ->  parent: born ID PID        (on control)
                                          or  parent: unborn ID WHY, threaded MODULE
                                          ->  child:  furnished          (on the instance's)
    platform: {"words": ..., "environment": ..., "threads": ...}
                                          ->  child:  answers HTTP there
                                          ->  parent: exit PID CODE      (on control)

The last line of the platform is read by the child alone: what one instance is given never lies in
the memory that the others are copies of.
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
FAILED = 70

# What a server that starts whole has loaded by the time at which it opens the program, and this.
OWN = frozenset(sys.modules)


def _line(descriptor):
    """One line and nothing of what follows it."""
    line = bytearray()
    while not line.endswith(b"\n"):
        one = os.read(descriptor, 1)
        if not one or len(line) > LINE_BYTES_MAX:
            raise EOFError("the platform hung up")
        line += one
    return line[:-1].decode("utf-8")


def threads():
    """How many this process has, as the kernel says."""
    try:
        return len(os.listdir("/proc/self/task"))
    except FileNotFoundError:
        # No Linux: those that Python knows of.
        return sys.modules["threading"].active_count()


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
        self.pools = None

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
        self.load(asked["imports"])
        if threads() != 1:
            return
        told = {
            "threads": threads(),
            "modules": len(sys.modules),
            "millis": int((time.monotonic() - began) * 1000),
        }
        self.say("ready " + json.dumps(told))

    def load(self, names):
        """Loads modules; of the first that starts a thread it tells, and loads no more. What cannot
        be loaded here is the child's own affair."""
        before = threads()
        for name in names:
            try:
                importlib.import_module(name)
            except BaseException:
                pass
            if threads() > before:
                self.say("threaded " + name)
                return
        self._find_pools()
        gc.collect()
        gc.freeze()

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
        if asked["imports"]:
            self.load(asked["imports"])
        if threads() != 1:
            self.say("unborn %s the parent has threads" % name)
            return
        number, told = os.pipe()
        own = os.getpid()
        try:
            first = os.fork()
        except OSError as e:
            os.close(number)
            os.close(told)
            self.say("unborn %s it could not be forked: %s" % (name, e))
            return
        if first == 0:
            try:
                self.child(own, told, asked["network"], connection, log)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(FAILED)
        if self.walled:
            # It has only made the namespaces, for a child that is ours now.
            os.waitpid(first, 0)
        os.close(told)
        with open(number, "rb") as said:
            pid = said.read(16) if self.walled else b"%d" % first
        if pid:
            self.say("born %s %d" % (name, int(pid)))
        else:
            self.say("unborn %s it could not be forked" % name)

    def child(self, parent, told, network, connection, log):
        if self.walled:
            walls.unshare(walls.OF_INSTANCES | (walls.CLONE_NEWNET if network else 0))
            pid = os.fork()
            if pid:
                os.write(told, b"%-16d" % pid)
                os._exit(0)
        else:
            walls.die_with(parent)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(connection.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        if self.walled:
            walls.furnish(self.scratch)
        os.write(0, b"furnished\n")
        asked = json.loads(_line(0))
        began = time.monotonic_ns()
        if self.walled:
            walls.renounce()
            os.chdir("/tmp")
        options = server.Options(asked["words"])
        self.become(asked["environment"], asked["threads"])
        forget_namesakes(options.get("--code"))
        server.run(options, began)

    def become(self, environment, count):
        """From here on it is the owner's: the environment, the seeds, the threads."""
        os.environ.clear()
        os.environ.update(environment)
        server.prepare_threads(count)
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            numpy.random.seed()
        if count > 1:
            if self.controller is not None:
                # Kept: what it is dropped by sets the numbers back.
                self.pools = self.controller.limit(limits=count)
            if "torch" in sys.modules:
                sys.modules["torch"].set_num_threads(count)


def forget_namesakes(code):
    """A library that has the name of a file of the program's own was loaded for another program:
    here the file comes first, as where nothing is loaded before."""
    own = set()
    for folder in (code, os.path.join(code, "lib")):
        if os.path.isdir(folder):
            own.update(each.split(".")[0] for each in os.listdir(folder))
    for name in list(sys.modules):
        top = name.split(".")[0]
        if top in own and top not in OWN:
            del sys.modules[name]


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
