package io.dormouse.job;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an instance type is: a job is held to it, as far as the machine has it.
///
/// @param memoryMb MB
record InstanceShape(int cores, int memoryMb) {
    private static final Pattern TYPE = Pattern.compile("ml\\.([a-z])[a-z0-9-]*\\.(\\w+)");
    private static final Map<Character, Integer> MB_PER_CORE =
            Map.of('c', 2048, 'r', 8192, 'x', 16384);
    private static final int MB_PER_CORE_OTHERWISE = 4096;

    /// By the type's name: `ml.m5.xlarge` is 4 cores of 4 GB each.
    static InstanceShape of(String instanceType) {
        Matcher type = TYPE.matcher(instanceType.toLowerCase(Locale.ROOT));
        if (!type.matches()) {
            return new InstanceShape(2, 2 * MB_PER_CORE_OTHERWISE);
        }
        int cores = cores(type.group(2));
        int perCore =
                type.group(2).equals("medium")
                        ? 2048
                        : MB_PER_CORE.getOrDefault(type.group(1).charAt(0), MB_PER_CORE_OTHERWISE);
        return new InstanceShape(cores, cores * perCore);
    }

    private static int cores(String size) {
        if (size.endsWith("xlarge")) {
            String times = size.substring(0, size.length() - "xlarge".length());
            return times.isEmpty() || !times.matches("\\d{1,3}") ? 4 : 4 * Integer.parseInt(times);
        }
        return 2;
    }

    /// As much of it as fits on a machine.
    InstanceShape within(int machineCores, int machineMemoryMb) {
        return new InstanceShape(
                Math.min(cores, machineCores), Math.min(memoryMb, machineMemoryMb));
    }
}
