package io.dormouse.job;

import io.dormouse.store.Codec;
import java.io.IOException;
import java.util.Locale;
import java.util.function.UnaryOperator;

/// What is particular to one kind of job. The life around it is [JobRun]'s, and the records are
/// [Lives]'.
sealed interface JobKind<J extends Job<J>> permits Training, Processing {
    /// `Training` or `Processing`: AWS's names for all that belongs to the kind are made of it.
    String word();

    Codec<J> codec();

    /// AWS's words for a job that is not there.
    String missing(String name);

    /// What is to be run.
    ///
    /// @throws JobFailed where nothing can run it here
    Task task(J job) throws JobFailed;

    /// Lays out the folder that the program sees as `/opt/ml`, with its inputs.
    void prepare(J job, JobFolder folder) throws JobFailed, IOException;

    /// A witness of one run of the job's program.
    Witness<J> witness(J job) throws JobFailed;

    /// Takes to S3 what is kept however the job ends.
    void ended(J job, JobFolder folder) throws JobFailed, IOException;

    /// Whether a job that ends so leaves its outputs.
    boolean keeps(Ending ending);

    /// Takes the outputs to S3.
    void upload(J job, JobFolder folder) throws JobFailed, IOException;

    /// Sees what a program shows of itself.
    interface Witness<J> {
        /// A line of its log, while it runs.
        void line(String text);

        /// What it left to say of its failure, once it has ended.
        String lastWords(JobFolder folder) throws IOException;

        /// What Describe tells of it, once it has ended.
        UnaryOperator<J> account(JobFolder folder) throws IOException;
    }

    /// `training job`.
    default String noun() {
        return word().toLowerCase(Locale.ROOT) + " job";
    }

    /// `training-job`, as in ARNs.
    default String path() {
        return noun().replace(' ', '-');
    }

    /// `TRAINING_JOB_NAME` and `TRAINING_JOB_ARN` are what programs know their job by.
    default String variable(String member) {
        return word().toUpperCase(Locale.ROOT) + "_JOB_" + member;
    }

    default String logGroup() {
        return "/aws/sagemaker/" + word() + "Jobs";
    }

    /// The detail type of the events that tell of a job's life.
    default String event() {
        return "SageMaker " + word() + " Job State Change";
    }
}
