package io.dormouse.worker;

import java.nio.file.Path;

/// The Python interpreter that programs of owners run with, and what they need besides.
public interface PythonEnvironments {
    /// The chosen interpreter with the packages that it has.
    ///
    /// @throws StartFailed when there is none: says which setting names one
    PythonEnvironment chosen() throws StartFailed;

    /// The chosen interpreter and the packages that a file asks for: installed once for its
    /// content, beside those that the interpreter has, and kept. Takes as long as pip does.
    ///
    /// @param requirements a `requirements.txt`; what it names in its own folder is found there
    /// @param progress what pip says, and a sentence per step
    /// @throws StartFailed when they cannot be installed, with pip's reason
    PythonEnvironment with(Path requirements, LogSink progress) throws StartFailed;
}
