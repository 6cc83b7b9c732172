/// Training and processing jobs: a program run to its end, its inputs brought from S3 and its outputs
/// taken there by the platform itself.
///
///     create ─► Starting ─► Downloading ─► Training ─► Uploading ─► Completed
///                   │            │             │            ├─► Failed (the program, or an object)
///                   └────────────┴─ stop, time └─ Stopping ─┴─► Stopped
///
/// A job that the platform was killed in is run again from its beginning: its folder is made anew, and
/// its outputs are written once, at its end.
///
/// AWS: [CreateTrainingJob](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html),
/// [CreateProcessingJob](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html),
/// [how a training container is run](https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html).
///
/// May use: `artifact`, `aws`, `metrics`, `store`, `worker`.
@NullMarked
package io.dormouse.job;

import org.jspecify.annotations.NullMarked;
