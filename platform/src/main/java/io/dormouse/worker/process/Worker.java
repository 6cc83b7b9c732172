package io.dormouse.worker.process;

import io.dormouse.worker.LogSink;
import io.dormouse.worker.Network;
import io.dormouse.worker.PreparedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A worker about to be spawned.
///
/// @param program what is run, up to its own arguments
/// @param what it serves: arguments
/// @param readable what this one reads, beside what all do
/// @param model empty for a generic one
/// @param environment all of it
/// @param log where its output goes
/// @param network what of it it reaches
record Worker(
        List<String> program,
        List<String> what,
        List<Path> readable,
        Optional<PreparedModel> model,
        Map<String, String> environment,
        String owner,
        int memoryMb,
        LogSink log,
        Network network) {
    List<String> command(List<String> transport) {
        List<String> command = new ArrayList<>(program);
        command.addAll(transport);
        command.addAll(what);
        command.add("--spawned");
        command.add(String.valueOf(System.nanoTime()));
        return command;
    }
}
