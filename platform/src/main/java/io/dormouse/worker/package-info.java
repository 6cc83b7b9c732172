/// Instances and the slots they give: what the gateway leases, and what starts it.
///
///     gateway ─ lease ─► WorkerGroup (pool) ─ scaler decides ─► Launcher.start ─► Instance
///                            │                                     │
///                            └── capacity ledger ──────────────────┘
///     job ─ run ─► Launcher.run ─► Execution
///
/// Two ports: a [Launcher][io.dormouse.worker.Launcher] starts things on a technology, a
/// [WorkerGroup][io.dormouse.worker.WorkerGroup] hands out slots. Each launcher lives in a
/// subpackage of its own (`worker.process`), knows no other, and is known to `app` alone.
///
/// May use: `artifact`, `aws`, `metrics`, `scaler`, `store`, `timing`. Only this room starts processes.
@NullMarked
package io.dormouse.worker;

import org.jspecify.annotations.NullMarked;
