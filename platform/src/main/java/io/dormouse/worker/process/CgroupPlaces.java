package io.dormouse.worker.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Where control groups can be made on this machine: below the group that this process is in, so
/// that whatever limits it limits its instances too.
///
/// Version 1 has a tree for each controller, version 2 one for all.
///
/// @param unified whether it is version 2
/// @param memory the folder under which groups with a memory limit are made
/// @param cpu empty where the share of CPU cannot be limited
/// @param pids empty where the number of processes cannot be limited
record CgroupPlaces(boolean unified, Path memory, Optional<Path> cpu, Optional<Path> pids) {
    private static final List<String> CONTROLLERS = List.of("memory", "cpu", "pids");

    /// Finds the places and makes them usable.
    ///
    /// @param proc `/proc`
    /// @param name of our folder in them
    /// @return empty where this process may make no control groups
    static Optional<CgroupPlaces> find(Path proc, String name) {
        try {
            List<String> own = Files.readAllLines(proc.resolve("self/cgroup"));
            List<String> mounts = Files.readAllLines(proc.resolve("self/mountinfo"));
            Optional<CgroupPlaces> first = version1(own, mounts, name);
            return first.isPresent() ? first : version2(own, mounts, name);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<CgroupPlaces> version1(
            List<String> own, List<String> mounts, String name) {
        return place1("memory", own, mounts, name)
                .map(memory ->
                        new CgroupPlaces(
                                false,
                                memory,
                                place1("cpu", own, mounts, name),
                                place1("pids", own, mounts, name)));
    }

    private static Optional<Path> place1(
            String controller, List<String> own, List<String> mounts, String name) {
        return mount(mounts, "cgroup", controller)
                .map(root -> inside(root, ownPath(own, controller)))
                .flatMap(folder -> made(folder.resolve(name)));
    }

    private static Optional<CgroupPlaces> version2(
            List<String> own, List<String> mounts, String name) {
        return mount(mounts, "cgroup2", "")
                .map(root -> inside(root, ownPath(own, "")))
                .filter(CgroupPlaces::delegates)
                .flatMap(folder -> made(folder.resolve(name)))
                .filter(CgroupPlaces::delegates)
                .map(base ->
                        new CgroupPlaces(
                                true,
                                base,
                                Optional.of(base).filter(at -> has(at, "cpu")),
                                Optional.of(base).filter(at -> has(at, "pids"))));
    }

    /// Hands the controllers down to the folder's children. A group that has processes may not (the
    /// root may), so this process first steps aside into a child of its own.
    private static boolean delegates(Path folder) {
        if (!has(folder, "memory")) {
            return false;
        }
        if (handsDown(folder)) {
            return true;
        }
        try {
            Path leaf = folder.resolve("platform");
            Files.createDirectories(leaf);
            String self = String.valueOf(ProcessHandle.current().pid());
            Files.writeString(leaf.resolve("cgroup.procs"), self);
            if (handsDown(folder)) {
                return true;
            }
            Files.writeString(folder.resolve("cgroup.procs"), self);
            Files.delete(leaf);
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean handsDown(Path folder) {
        try {
            String all =
                    CONTROLLERS.stream()
                            .filter(controller -> has(folder, controller))
                            .map(controller -> "+" + controller)
                            .collect(Collectors.joining(" "));
            Files.writeString(folder.resolve("cgroup.subtree_control"), all);
            return Files.readString(folder.resolve("cgroup.subtree_control")).contains("memory");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean has(Path folder, String controller) {
        try {
            String names = Files.readString(folder.resolve("cgroup.controllers"));
            return List.of(names.strip().split(" ", -1)).contains(controller);
        } catch (IOException e) {
            return false;
        }
    }

    /// Where a tree is mounted: `… mount-point … - type source options,controller`.
    private static Optional<Path> mount(List<String> mounts, String type, String controller) {
        for (String line : mounts) {
            int dash = line.indexOf(" - ");
            String[] left = line.substring(0, Math.max(0, dash)).split(" ", -1);
            String[] right = line.substring(dash + 3).split(" ", -1);
            boolean right1 = dash > 0 && left.length > 4 && right.length > 2;
            if (right1
                    && right[0].equals(type)
                    && (controller.isEmpty()
                            || List.of(right[2].split(",", -1)).contains(controller))) {
                return Optional.of(Path.of(left[4]));
            }
        }
        return Optional.empty();
    }

    /// This process's own group in a tree: `4:memory:/path`, of version 2 `0::/path`.
    private static String ownPath(List<String> own, String controller) {
        for (String line : own) {
            String[] parts = line.split(":", 3);
            boolean ours =
                    controller.isEmpty()
                            ? parts[0].equals("0")
                            : List.of(parts[1].split(",", -1)).contains(controller);
            if (parts.length == 3 && ours) {
                return parts[2];
            }
        }
        return "/";
    }

    /// In a container the path may be the host's and not be there: then the root is all we see.
    private static Path inside(Path root, String path) {
        Path own = root.resolve(path.substring(1));
        return Files.isDirectory(own) ? own : root;
    }

    private static Optional<Path> made(Path folder) {
        try {
            Files.createDirectories(folder);
            return Files.isWritable(folder.resolve("cgroup.procs"))
                    ? Optional.of(folder)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Every tree that groups are made in, once.
    Stream<Path> trees() {
        return Stream.of(Optional.of(memory), cpu, pids).flatMap(Optional::stream).distinct();
    }
}
