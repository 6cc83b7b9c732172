"""What a forked process puts between itself and the machine, as `Namespaces` does for one that is
started: mounts and processes of its own, and no privilege.

The parent has a user namespace of its own, so that its children may make theirs; it has the
capabilities of that one alone, and its children give them up before they open a model.
"""

import ctypes
import os
import signal

CLONE_NEWNS = 0x20000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWIPC = 0x8000000
CLONE_NEWNET = 0x40000000
OF_INSTANCES = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_SECUREBITS = 1, 24, 28
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
_SECUREBITS_STRICT = 0xEF
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def _done(result, what):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, "%s: %s" % (what, os.strerror(error)))


def unshare(kinds):
    _done(_libc.unshare(ctypes.c_int(kinds)), "unshare")


def _mount(kind, at, flags, options):
    text = lambda each: ctypes.c_char_p(each.encode() if each else None)  # noqa: E731
    _done(
        _libc.mount(text(kind), text(at), text(kind), ctypes.c_ulong(flags), text(options)),
        "mount " + at,
    )


def _prctl(option, *arguments):
    numbers = [ctypes.c_ulong(each) for each in (*arguments, 0, 0, 0, 0)[:4]]
    return _libc.prctl(ctypes.c_int(option), *numbers)


def furnish(scratch):
    """In mounts that are this process's alone: its processes, and an empty `/tmp`."""
    _mount("", "/", _MS_REC | _MS_PRIVATE, "")
    secure = _MS_NOSUID | _MS_NODEV
    _mount("proc", "/proc", secure | _MS_NOEXEC | _MS_RDONLY, "")
    _mount("tmpfs", "/tmp", secure, scratch)


def renounce():
    """Gives up every capability, for good."""
    _done(_prctl(_PR_SET_NO_NEW_PRIVS, 1), "no new privileges")
    _done(_prctl(_PR_SET_SECUREBITS, _SECUREBITS_STRICT), "securebits")
    _done(_prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL), "ambient capabilities")
    capability = 0
    while _prctl(_PR_CAPBSET_DROP, capability) == 0:
        capability += 1
    head = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    _done(_libc.capset(ctypes.byref(head), ctypes.byref(none)), "capset")


def die_with(parent):
    """Has the kernel end this process when its parent ends, which it may have by now."""
    _done(_prctl(_PR_SET_PDEATHSIG, signal.SIGKILL), "parent's death")
    if os.getppid() != parent:
        os._exit(1)
