package io.dormouse.functionserver;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Objects;

/// The program of a Java function's instance: start reading here.
///
/// `docs/functions.md` says what it and the platform promise each other.
public final class Main {
    private Main() {}

    /// Runs the handler that `_HANDLER` names until the platform hangs up.
    ///
    /// @throws Throwable what AWS's runtime throws; it ends this process
    public static void main(String[] words) throws Throwable {
        long mainAt = System.nanoTime();
        boolean one = !List.of(words).contains("--stdio");
        FileDescriptor answers = one ? FileDescriptor.in : FileDescriptor.out;
        if (!one) {
            // Descriptor 1 carries answers alone; what the handler prints is log.
            System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.err), true));
        }
        Bridge bridge = new Bridge();
        RuntimeApi api =
                new RuntimeApi(
                        bridge, Objects.requireNonNull(System.getenv("AWS_LAMBDA_RUNTIME_API")));
        HttpConnection platform =
                new HttpConnection(
                        new FileInputStream(FileDescriptor.in), new FileOutputStream(answers));
        daemon("asked", new Asked(bridge, platform, mainAt));
        daemon("runtime-api", api::accept);
        // Where AWS's runtime looks for the code, and where it is started there.
        System.setProperty("user.dir", Objects.requireNonNull(System.getenv("LAMBDA_TASK_ROOT")));
        AWSLambda.main(new String[] {Objects.requireNonNull(System.getenv("_HANDLER"))});
    }

    private static void daemon(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(work);
    }
}
