package io.dormouse.worker.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The few functions of the C library that a spawn with sockets needs and the JDK does not offer.
/// For Linux with a C library that has `posix_spawn_file_actions_addclosefrom_np` (glibc 2.34).
@SuppressWarnings("restricted")
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM_CLOEXEC = 1 | 0x80000;
    private static final int SOCKET_PATH_BYTES = 108;

    /// More than the structure takes with any C library.
    private static final long FILE_ACTIONS_BYTES = 512;

    private static final MethodHandle SOCKET = function("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CONNECT = function("connect", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CLOSE = function("close", JAVA_INT);
    private static final MethodHandle WAITPID = function("waitpid", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SPAWN =
            function("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle INIT = function("posix_spawn_file_actions_init", ADDRESS);
    private static final MethodHandle DESTROY =
            function("posix_spawn_file_actions_destroy", ADDRESS);
    private static final MethodHandle DUP2 =
            function("posix_spawn_file_actions_adddup2", ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE_FROM =
            function("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);
    private static final MethodHandle CHANGE_FOLDER =
            function("posix_spawn_file_actions_addchdir_np", ADDRESS, ADDRESS);

    private Libc() {}

    private static MethodHandle function(String name, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_INT, parameters));
    }

    /// Handles are called through one place, because each call may throw anything.
    private interface Call {
        int run() throws Throwable;
    }

    private static int call(Call call) {
        try {
            return call.run();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a C function cannot throw", e);
        }
    }

    /// Connects to a Unix socket.
    ///
    /// @return the descriptor, which no child inherits by itself
    static int connected(Path path) throws IOException {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= SOCKET_PATH_BYTES) {
            throw new IOException("too long for a socket: " + path);
        }
        int descriptor = call(() -> (int) SOCKET.invokeExact(AF_UNIX, SOCK_STREAM_CLOEXEC, 0));
        if (descriptor < 0) {
            throw new IOException("no more descriptors for a socket");
        }
        try (Arena arena = Arena.ofConfined()) {
            int size = Short.BYTES + SOCKET_PATH_BYTES;
            MemorySegment address = arena.allocate(size, Short.BYTES);
            address.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(bytes, 0, address, JAVA_BYTE, Short.BYTES, bytes.length);
            if (call(() -> (int) CONNECT.invokeExact(descriptor, address, size)) != 0) {
                close(descriptor);
                throw new IOException("cannot connect to " + path);
            }
        }
        return descriptor;
    }

    static void close(int descriptor) {
        var _ = call(() -> (int) CLOSE.invokeExact(descriptor));
    }

    /// Starts a process with two descriptors of ours and no other.
    ///
    /// @param in becomes its descriptor 0
    /// @param out becomes its descriptors 1 and 2
    /// @return its number
    static int spawn(List<String> command, List<String> environment, Path folder, int in, int out)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(FILE_ACTIONS_BYTES, Long.BYTES);
            MemorySegment cwd = arena.allocateFrom(folder.toString());
            var _ = call(() -> (int) INIT.invokeExact(actions));
            var _ = call(() -> (int) CHANGE_FOLDER.invokeExact(actions, cwd));
            var _ = call(() -> (int) DUP2.invokeExact(actions, in, 0));
            var _ = call(() -> (int) DUP2.invokeExact(actions, out, 1));
            var _ = call(() -> (int) DUP2.invokeExact(actions, out, 2));
            var _ = call(() -> (int) CLOSE_FROM.invokeExact(actions, 3));
            MemorySegment pid = arena.allocate(JAVA_INT);
            MemorySegment program = arena.allocateFrom(command.getFirst());
            MemorySegment words = strings(arena, command);
            MemorySegment variables = strings(arena, environment);
            int error =
                    call(() ->
                            (int)
                                    SPAWN.invokeExact(
                                            pid,
                                            program,
                                            actions,
                                            MemorySegment.NULL,
                                            words,
                                            variables));
            var _ = call(() -> (int) DESTROY.invokeExact(actions));
            if (error != 0) {
                throw new IOException("error %d of posix_spawn".formatted(error));
            }
            return pid.get(JAVA_INT, 0);
        }
    }

    private static MemorySegment strings(Arena arena, List<String> strings) {
        MemorySegment all = arena.allocate(ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            all.setAtIndex(ADDRESS, i, arena.allocateFrom(strings.get(i)));
        }
        return all;
    }

    /// Takes the exit code of a child that has ended, or waits for its end.
    ///
    /// @return its exit code; 128 plus the number of the signal that ended it
    static int reaped(int pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(JAVA_LONG);
            if (call(() -> (int) WAITPID.invokeExact(pid, status, 0)) != pid) {
                return -1;
            }
            int word = status.get(JAVA_INT, 0);
            int signal = word & 0x7f;
            return signal == 0 ? (word >> 8) & 0xff : 128 + signal;
        }
    }
}
