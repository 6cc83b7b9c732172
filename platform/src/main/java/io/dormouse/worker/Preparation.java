package io.dormouse.worker;

import java.nio.file.Path;

/// Makes a model ready for a kind of model server, once: checks that it can be served, lays a form
/// beside it that starts faster where that pays, and measures what it needs.
public interface Preparation {
    /// What a prepared form is tied to: the model server's version and the machine. Fit for a
    /// folder's name.
    ///
    /// @throws StartFailed when there is no model server here
    String version() throws StartFailed;

    /// The same for one kind of model.
    default String version(PreparedModel.Kind kind) throws StartFailed {
        return version();
    }

    /// Prepares a model. Takes as long as loading it several times.
    ///
    /// @param model the unpacked artifact; only read
    /// @param into an empty folder, for the prepared form
    /// @param progress a sentence per step
    /// @throws StartFailed when the model cannot be served, with a sentence for its owner
    Outcome prepare(PreparedModel.Kind kind, Path model, Path into, LogSink progress)
            throws StartFailed;

    /// What came of it.
    ///
    /// @param form whether the folder holds a prepared form; else the artifact is served as it is
    /// @param peakBytes the most memory that a worker held with this model; 0 where it was not
    ///   measured
    record Outcome(boolean form, long peakBytes) {}
}
