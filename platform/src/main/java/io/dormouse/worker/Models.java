package io.dormouse.worker;

/// Lays models out on this machine: fetches the artifact, unpacks it safely, chooses the model
/// server, prepares the model once and measures what it needs. Kept by content, so the same
/// artifact is laid out once.
public interface Models {
    /// The model, laid out. Takes as long as the download and the preparation.
    ///
    /// @param progress a sentence per step, for the endpoint's status
    /// @throws StartFailed when it cannot be served, with a sentence for its owner: no such object,
    ///   a corrupt archive, a file that is no model
    PreparedModel prepare(ModelSource source, LogSink progress) throws StartFailed;
}
