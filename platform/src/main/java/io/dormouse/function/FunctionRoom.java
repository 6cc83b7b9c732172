package io.dormouse.function;

import io.dormouse.aws.Caller;
import io.dormouse.metrics.Meters;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.timing.Alarms;
import io.dormouse.wire.Authenticator;
import io.dormouse.worker.Groups;
import io.dormouse.worker.PythonEnvironments;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.StartFailed;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Supplier;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;

/// The room: what serves Lambda's operations and function URLs.
public final class FunctionRoom implements AutoCloseable {
    private final FunctionGroups groups;
    private final EventQueue queue;
    private final Functions functions;
    private final Invocations invocations;
    private final LambdaClient[] operations;
    private final UrlFront front;
    private final Caller owner;

    /// What functions are run with.
    ///
    /// @param folder for their code
    /// @param python the interpreter of Python functions
    /// @param java the home of the JDK of Java functions
    /// @param javaRuntime the jar that runs Java functions
    public record Programs(
            Path folder,
            PythonEnvironments python,
            PythonRuntime pythonRuntime,
            Path java,
            Path javaRuntime) {}

    /// Where the files are that run Python functions.
    public interface PythonRuntime {
        /// Their folder, with `function.py`.
        Path laidOut() throws StartFailed;
    }

    /// @param s3 where deployment packages are fetched from
    /// @param roles credentials for instances, and their way to the platform
    /// @param clock the platform's
    /// @param wall the clock that handlers read, too
    /// @param alarms by `clock`
    /// @param here where the platform answers
    /// @param authenticator says who signed a request to a function URL
    /// @param owner whose functions these are
    public FunctionRoom(
            Store store,
            Tags tags,
            S3Client s3,
            Groups workers,
            Programs programs,
            RoleAccess roles,
            Meters meters,
            InstantSource clock,
            InstantSource wall,
            Alarms alarms,
            Supplier<URI> here,
            Authenticator authenticator,
            Caller owner) {
        this.owner = owner;
        FunctionRecords records = new FunctionRecords(store, tags);
        CodeStore code = new CodeStore(programs.folder().resolve("code"), s3);
        Runtimes runtimes = new Runtimes(code, programs);
        groups = new FunctionGroups(workers, runtimes, tags, roles, clock);
        Invoker invoker = new Invoker(groups, meters, wall);
        queue = new EventQueue(records, invoker, store, clock, alarms, owner);
        invocations = new Invocations(records, invoker, queue);
        Versions versions = new Versions(records, clock);
        FunctionUrls urls = new FunctionUrls(records, clock, here);
        Permissions permissions = new Permissions(records, clock);
        front = new UrlFront(records, urls, permissions, invoker, authenticator, wall, owner);
        functions = new Functions(records, code, groups, versions, clock);
        operations =
                new LambdaClient[] {
                    functions,
                    versions,
                    new Aliases(records, clock),
                    urls,
                    permissions,
                    new FunctionTags(records, groups),
                    new Concurrency(records, groups, clock),
                    invocations
                };
    }

    public LambdaClient[] operations() {
        return operations.clone();
    }

    /// Answers function URLs.
    public UrlFront front() {
        return front;
    }

    /// Gives a function an event, as `Event` invocations do.
    ///
    /// @param arn with its qualifier, where it has one
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException
    ///   `ResourceNotFoundException` where there is no such function
    public void tell(String arn, String event) {
        invocations.tell(arn, event, owner);
    }

    /// Takes up what an earlier life left.
    public void start() {
        queue.start();
        functions.sweep();
    }

    @Override
    public void close() {
        queue.close();
        groups.close();
    }
}
