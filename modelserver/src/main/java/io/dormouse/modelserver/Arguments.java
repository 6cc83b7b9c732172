package io.dormouse.modelserver;

import java.io.File;
import java.util.Map;
import java.util.Optional;

/// What the worker was told on its command line; `docs/container-contract.md` says what each means.
///
/// @param warm the folder of the tiny model, for a generic warm worker; else `load` is present
/// @param socket where to listen, for [Transport#LISTEN]
/// @param slots invocations at once
/// @param threads threads of one inference
/// @param payloadMax bytes
/// @param spawned the parent's stamp, where given
record Arguments(
        Transport transport,
        File socket,
        Optional<Load> load,
        Optional<File> warm,
        int slots,
        int threads,
        long payloadMax,
        Optional<Long> spawned) {
    /// What S3 takes in one upload: a payload by reference may have as much. What may come with a
    /// request is the platform's to say.
    static final long PAYLOAD_MAX = 5L << 30;

    private static final File NONE = new File("");

    enum Transport {
        STDIO,
        FD0,
        LISTEN
    }

    /// @throws IllegalArgumentException says what is wrong
    static Arguments parse(String[] words) {
        Parser parser = new Parser();
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "--stdio" -> parser.transport(Transport.STDIO);
                case "--fd0" -> parser.transport(Transport.FD0);
                default -> {
                    if (i + 1 == words.length) {
                        throw new IllegalArgumentException(
                                "no option that stands alone: " + words[i]);
                    }
                    parser.option(words[i], words[++i]);
                }
            }
        }
        return parser.arguments();
    }

    private static final class Parser {
        private Optional<Transport> transport = Optional.empty();
        private File socket = NONE;
        private String kind = "";
        private Optional<File> model = Optional.empty();
        private Optional<File> prepared = Optional.empty();
        private Optional<File> warm = Optional.empty();
        private Optional<Long> spawned = Optional.empty();
        private int memoryMb;
        private int slots = 1;
        private int threads = 1;
        private long payloadMax = PAYLOAD_MAX;

        void transport(Transport chosen) {
            if (transport.isPresent()) {
                throw new IllegalArgumentException("more than one transport is given");
            }
            transport = Optional.of(chosen);
        }

        void option(String name, String value) {
            switch (name) {
                case "--listen" -> {
                    transport(Transport.LISTEN);
                    socket = new File(value);
                }
                case "--kind" -> kind = value;
                case "--model" -> model = Optional.of(new File(value));
                case "--prepared" -> prepared = Optional.of(new File(value));
                case "--warm" -> warm = Optional.of(new File(value));
                case "--memory" -> memoryMb = (int) number(name, value, 0, Integer.MAX_VALUE);
                case "--slots" -> slots = (int) number(name, value, 1, 1000);
                case "--threads" -> threads = (int) number(name, value, 1, 1000);
                case "--payload-max" -> payloadMax = number(name, value, 1, 1L << 40);
                case "--spawned" ->
                        spawned = Optional.of(number(name, value, Long.MIN_VALUE, Long.MAX_VALUE));
                default -> throw new IllegalArgumentException("unknown option " + name);
            }
        }

        private static long number(String name, String value, long min, long max) {
            try {
                long number = Long.parseLong(value);
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException _) {
                // said below
            }
            throw new IllegalArgumentException(
                    name + " takes a number from " + min + " to " + max + ", not " + value);
        }

        Arguments arguments() {
            if (transport.isEmpty()) {
                throw new IllegalArgumentException("one of --stdio, --fd0, --listen is needed");
            }
            if (warm.isPresent() == model.isPresent() || kind.isEmpty() != model.isEmpty()) {
                throw new IllegalArgumentException(
                        "either --warm, or --kind and --model is needed");
            }
            if (slots > 1 && transport.get() != Transport.LISTEN) {
                throw new IllegalArgumentException("more than one slot needs --listen");
            }
            Optional<Load> load =
                    model.map(folder -> new Load(kind, folder, prepared, Map.of(), memoryMb, 0));
            return new Arguments(
                    transport.get(), socket, load, warm, slots, threads, payloadMax, spawned);
        }
    }
}
