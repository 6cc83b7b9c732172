/// Instances and programs as processes of this machine.
///
///     start ─► Spawner ─► Spawned ─ descriptor 0 and 1, or a socket ─► HttpLink ─► Answer
///                 │          └── standard error ─► LogLines ─► LogSink
///                 └── Limits (cgroup v2, v1 or a watchdog) · Walls (namespaces, bubblewrap or none)
///
/// A worker is one process with one model: a JVM, or a Python program, which where it can be is
/// forked from a parent that has its libraries loaded. `docs/container-contract.md` says what it
/// and this package promise each other. Life of an instance: spawned → (loading) → answering → ended; it holds
/// nothing that is lost, so whatever goes wrong ends it and the next request gets another.
///
/// Foreign images need another launcher. AWS's side of the contract:
/// [Use your own inference code](https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html).
@NullMarked
package io.dormouse.worker.process;

import org.jspecify.annotations.NullMarked;
