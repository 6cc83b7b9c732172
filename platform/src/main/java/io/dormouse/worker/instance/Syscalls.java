package io.dormouse.worker.instance;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The calls of Linux that make namespaces and mounts, which the JDK does not offer. Most act on
/// the *thread* that makes them and on what it starts.
@SuppressWarnings("restricted")
public final class Syscalls {
    public static final long CLONE_FS = 0x200;
    public static final long CLONE_NEWNS = 0x20000;
    public static final long CLONE_NEWUTS = 0x4000000;
    public static final long CLONE_NEWIPC = 0x8000000;
    public static final long CLONE_NEWPID = 0x20000000;
    public static final long CLONE_NEWNET = 0x40000000;

    /// Of mounts.
    public static final long MS_RDONLY = 1;

    public static final long MS_NOSUID = 2;
    public static final long MS_NODEV = 4;
    public static final long MS_NOEXEC = 8;
    public static final long MS_REC = 0x4000;
    public static final long MS_PRIVATE = 0x40000;

    private static final long AT_FDCWD = -100;
    private static final long AT_EMPTY_PATH = 0x1000;
    private static final long AT_RECURSIVE = 0x8000;
    private static final long O_RDONLY_CLOEXEC = 0x80000;
    private static final long OPEN_TREE_CLONE_CLOEXEC = 1 | 0x80000;
    private static final long MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final long MNT_DETACH = 2;
    private static final long AF_INET = 2;
    private static final long SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long IFREQ_BYTES = 40;
    private static final long IFREQ_FLAGS = 16;
    private static final short IFF_UP = 1;
    private static final long PR_SET_DUMPABLE = 4;
    private static final long PR_SET_NO_NEW_PRIVS = 38;
    private static final long PR_CAPBSET_DROP = 24;
    private static final long PR_SET_SECUREBITS = 28;
    private static final long PR_CAP_AMBIENT = 47;
    private static final long PR_CAP_AMBIENT_CLEAR_ALL = 4;

    /// No capabilities for being root, no fixing up after a change of user, no keeping and no
    /// handing on; each locked.
    private static final long SECUREBITS_STRICT = 0xEF;

    private static final int CAPABILITIES = 64;
    private static final long RLIMIT_NOFILE = 7;
    private static final int EINVAL = 22;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SYSCALL =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG),
                    Linker.Option.captureCallState("errno"),
                    Linker.Option.firstVariadicArg(1));

    private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");

    private Syscalls() {}

    /// Numbers of calls: of x86-64, and of 64-bit ARM.
    private enum Call {
        OPENAT(257, 56),
        CLOSE(3, 57),
        SOCKET(41, 198),
        IOCTL(16, 29),
        CHDIR(80, 49),
        MOUNT(165, 40),
        UMOUNT2(166, 39),
        PIVOT_ROOT(155, 41),
        UNSHARE(272, 97),
        SETNS(308, 268),
        PRCTL(157, 167),
        PRLIMIT(302, 261),
        SETGROUPS(116, 159),
        SETRESGID(119, 149),
        OPEN_TREE(428, 428),
        MOVE_MOUNT(429, 429),
        MOUNT_SETATTR(442, 442);

        private final long x64;
        private final long arm64;

        Call(long x64, long arm64) {
            this.x64 = x64;
            this.arm64 = arm64;
        }
    }

    private static long tried(Arena arena, Call call, long a, long b, long c, long d, long e) {
        MemorySegment errno = arena.allocate(JAVA_INT);
        long number = ARM ? call.arm64 : call.x64;
        try {
            long result = (long) SYSCALL.invokeExact(errno, number, a, b, c, d, e);
            return result < 0 ? -errno.get(JAVA_INT, 0) : result;
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException("a C function cannot throw", failure);
        }
    }

    private static long done(Arena arena, Call call, long a, long b, long c, long d, long e)
            throws IOException {
        long result = tried(arena, call, a, b, c, d, e);
        if (result < 0) {
            throw new IOException("error %d of %s".formatted(-result, call));
        }
        return result;
    }

    private static long text(Arena arena, String text) {
        return arena.allocateFrom(text).address();
    }

    /// Gives this thread namespaces of its own.
    public static void unshare(long kinds) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            done(arena, Call.UNSHARE, kinds, 0, 0, 0, 0);
        }
    }

    /// Enters a namespace.
    public static void enter(int namespace, long kind) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            done(arena, Call.SETNS, namespace, kind, 0, 0, 0);
        }
    }

    /// Opens a file for reading; no child inherits the descriptor.
    public static int open(String path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    done(arena, Call.OPENAT, AT_FDCWD, text(arena, path), O_RDONLY_CLOEXEC, 0, 0);
        }
    }

    public static void close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            tried(arena, Call.CLOSE, descriptor, 0, 0, 0, 0);
        }
    }

    public static void mount(String type, String at, long flags, String options)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long name = text(arena, type);
            done(arena, Call.MOUNT, name, text(arena, at), name, flags, text(arena, options));
        }
    }

    /// What is mounted or unmounted here from now on is not seen elsewhere, nor the reverse.
    public static void keepMountsPrivate() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            done(arena, Call.MOUNT, 0, text(arena, "/"), 0, MS_REC | MS_PRIVATE, 0);
        }
    }

    /// A copy of what lies at a path, mounted nowhere yet.
    ///
    /// @return a descriptor that [#attach] takes
    public static int copied(String path, long attributes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long flags = OPEN_TREE_CLONE_CLOEXEC | AT_RECURSIVE;
            int tree = (int) done(arena, Call.OPEN_TREE, AT_FDCWD, text(arena, path), flags, 0, 0);
            try {
                restrict(arena, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, attributes);
            } catch (IOException e) {
                close(tree);
                throw e;
            }
            return tree;
        }
    }

    /// Sets attributes, such as [#MS_RDONLY], of the mount at a path.
    public static void restrict(String at, long attributes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            restrict(arena, (int) AT_FDCWD, at, 0, attributes);
        }
    }

    /// Takes attributes away from the mount at a path.
    public static void allow(String at, long attributes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            change(arena, (int) AT_FDCWD, at, 0, 0, attributes);
        }
    }

    private static void restrict(Arena arena, int folder, String at, long flags, long attributes)
            throws IOException {
        change(arena, folder, at, flags, attributes, 0);
    }

    private static void change(
            Arena arena, int folder, String at, long flags, long attributes, long cleared)
            throws IOException {
        // struct mount_attr: to set, to clear, propagation, user namespace
        MemorySegment attribute = arena.allocate(JAVA_LONG, 4);
        attribute.setAtIndex(JAVA_LONG, 0, attributes);
        attribute.setAtIndex(JAVA_LONG, 1, cleared);
        done(
                arena,
                Call.MOUNT_SETATTR,
                folder,
                text(arena, at),
                flags,
                attribute.address(),
                attribute.byteSize());
    }

    public static void attach(int tree, String at) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            done(
                    arena,
                    Call.MOVE_MOUNT,
                    tree,
                    text(arena, ""),
                    AT_FDCWD,
                    text(arena, at),
                    MOVE_MOUNT_F_EMPTY_PATH);
        }
    }

    /// Makes a mounted folder the root, and lets go of what was the root before.
    public static void moveInto(String root) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long here = text(arena, ".");
            done(arena, Call.CHDIR, text(arena, root), 0, 0, 0, 0);
            done(arena, Call.PIVOT_ROOT, here, here, 0, 0, 0);
            done(arena, Call.UMOUNT2, here, MNT_DETACH, 0, 0, 0);
            done(arena, Call.CHDIR, text(arena, "/"), 0, 0, 0, 0);
        }
    }

    /// From now on no program that this thread starts has a capability, nor can it get one. The
    /// thread itself keeps its own.
    public static void renouncePrivileges() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            done(arena, Call.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            done(arena, Call.SETGROUPS, 0, 0, 0, 0, 0);
            done(arena, Call.PRCTL, PR_SET_SECUREBITS, SECUREBITS_STRICT, 0, 0, 0);
            done(arena, Call.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
            for (int capability = 0; capability < CAPABILITIES; capability++) {
                if (tried(arena, Call.PRCTL, PR_CAPBSET_DROP, capability, 0, 0, 0) == -EINVAL) {
                    return; // the kernel knows no further one
                }
            }
        }
    }

    /// Makes this thread, and what it starts, a member of one group and no other.
    public static void join(int group) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            done(arena, Call.SETRESGID, group, group, group, 0, 0);
            // The kernel takes that for a reason to close this whole process to debuggers.
            done(arena, Call.PRCTL, PR_SET_DUMPABLE, 1, 0, 0, 0);
        }
    }

    /// Lets this thread's network be reached by its loopback address.
    public static void raiseLoopback() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int socket = (int) done(arena, Call.SOCKET, AF_INET, SOCK_DGRAM_CLOEXEC, 0, 0, 0);
            try {
                // struct ifreq: a name of 16 bytes, then flags
                MemorySegment request = arena.allocate(IFREQ_BYTES, Long.BYTES);
                request.setString(0, "lo");
                request.set(JAVA_SHORT, IFREQ_FLAGS, IFF_UP);
                done(arena, Call.IOCTL, socket, SIOCSIFFLAGS, request.address(), 0, 0);
            } finally {
                close(socket);
            }
        }
    }

    /// Limits the descriptors that a process may have open.
    public static void limitDescriptors(int pid, long most) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(JAVA_LONG, 2);
            limit.setAtIndex(JAVA_LONG, 0, most);
            limit.setAtIndex(JAVA_LONG, 1, most);
            tried(arena, Call.PRLIMIT, pid, RLIMIT_NOFILE, limit.address(), 0, 0);
        }
    }
}
