/// Models, endpoint configurations and endpoints: SageMaker's hosting, and the reconciler that makes
/// what was asked for be there. Tags and Search of every room's resources are answered here too.
///
///     CreateModel ─► CreateEndpointConfig ─► CreateEndpoint ─► Creating
///                                                                 │ prepare, fit, group, publish
///                                               ┌─ UpdateEndpoint ▼
///                                            Updating ◄──────► InService ──► Deleting ─► gone
///
/// An endpoint copies what it serves from its configuration and model when it is asked for: both may
/// be deleted while it runs. Only serverless variants are served.
///
/// AWS page: [serverless inference](https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html).
///
/// May use: `artifact`, `aws`, `gateway`, `metrics`, `registry`, `store`, `worker`.
@NullMarked
package io.dormouse.endpoint;

import org.jspecify.annotations.NullMarked;
