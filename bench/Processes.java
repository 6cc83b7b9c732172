import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// What a process and all that it started cost, from `/proc`.
final class Processes {
    /// Linux counts CPU time in hundredths of a second.
    private static final double TICKS_PER_SECOND = 100;

    private Processes() {}

    /// A process and its descendants.
    static List<Long> tree(long root) {
        return ProcessHandle.of(root).stream()
                .flatMap(each -> Stream.concat(Stream.of(each), each.descendants()))
                .map(ProcessHandle::pid)
                .toList();
    }

    /// Seconds of user and system time, those of children that have ended too.
    static double cpuSeconds(long root) {
        double ticks = 0;
        for (long pid : tree(root)) {
            String stat = read(pid, "stat");
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
            if (fields.length > 14) {
                ticks += LongStream.of(11, 12, 13, 14)
                        .map(i -> Long.parseLong(fields[(int) i]))
                        .sum();
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    /// Resident memory of the tree in MB, shared pages divided among those who share them.
    static double memoryMb(long root) {
        return tree(root).stream().mapToLong(pid -> kb(pid, "smaps_rollup", "Pss:")).sum() / 1024.0;
    }

    /// One line of a file of `/proc/PID`, in kB or a plain number; 0 where the process is gone.
    static long kb(long pid, String file, String name) {
        return read(pid, file)
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/" + file));
        } catch (IOException e) {
            return "";
        }
    }

    /// Sends a signal to the whole tree.
    static void signal(String signal, long root) throws IOException, InterruptedException {
        List<String> command =
                Stream.concat(
                                Stream.of("kill", "-" + signal),
                                tree(root).stream().map(String::valueOf))
                        .toList();
        new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
