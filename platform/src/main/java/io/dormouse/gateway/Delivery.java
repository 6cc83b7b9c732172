package io.dormouse.gateway;

import io.dormouse.wire.Streaming;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/// How an instance's answer gets to who asked for it.
public sealed interface Delivery {
    /// As it is: its bytes are the answer's.
    ///
    /// @param bytesMax what it may have; a larger one is the model's error
    record Whole(long bytesMax) implements Delivery {}

    /// Piece by piece as the model writes it, each an event.
    ///
    /// @param longest until the last of it
    record Events(Duration longest) implements Delivery {
        public Events {
            Objects.requireNonNull(longest);
        }
    }

    /// Put where it is kept, if it is too large to go as it is.
    ///
    /// @param wholeBytesMax what goes as it is; negative for nothing. One whose length is not known
    ///   when its first 64 KB are there is kept
    /// @param bytesMax what it may have at all
    record Kept(long wholeBytesMax, long bytesMax, Keeper keeper) implements Delivery {
        public Kept {
            Objects.requireNonNull(keeper);
        }
    }

    /// Keeps an answer, and says where.
    @FunctionalInterface
    interface Keeper {
        /// Reads `body` to its end and returns when all of it is durable.
        ///
        /// @param headers what the answer would have said had it gone as it is
        /// @param length bytes of the body; empty where it is not known
        /// @throws IOException where `body` breaks off, and then nothing is kept
        Streaming.Answer keep(Map<String, String> headers, OptionalLong length, InputStream body)
                throws IOException;
    }
}
