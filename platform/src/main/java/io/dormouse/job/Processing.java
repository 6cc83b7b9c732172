package io.dormouse.job;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Codec;
import java.io.IOException;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.sagemaker.model.AppSpecification;
import software.amazon.awssdk.services.sagemaker.model.DescribeProcessingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.ProcessingInput;
import software.amazon.awssdk.services.sagemaker.model.ProcessingOutput;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Processing: any program, from and to any prefixes of S3.
final class Processing implements JobKind<ProcessingJob> {
    private final Programs programs;
    private final S3Files files;

    Processing(JobRoom room) {
        this.programs = room.programs();
        this.files = new S3Files(room.s3());
    }

    @Override
    public String word() {
        return "Processing";
    }

    @Override
    public Codec<ProcessingJob> codec() {
        return Codec.shape(DescribeProcessingJobResponse::builder)
                .in(ProcessingJob::new, ProcessingJob::description);
    }

    @Override
    public String missing(String name) {
        return "Could not find requested job with name: " + name;
    }

    @Override
    public Task task(ProcessingJob job) throws JobFailed {
        AppSpecification app = job.description().appSpecification();
        Programs.Program program =
                programs.processing(
                        app.imageUri(), app.containerEntrypoint(), app.containerArguments());
        return new Task(program, job.description().environment(), job.timeLimit());
    }

    @Override
    public void prepare(ProcessingJob job, JobFolder folder) throws JobFailed, IOException {
        for (ProcessingInput input : job.description().processingInputs()) {
            files.download(input.s3Input().s3Uri(), folder.folder(input.s3Input().localPath()));
        }
        for (ProcessingOutput output : job.outputs()) {
            folder.folder(output.s3Output().localPath());
        }
        folder.folder("output");
        folder.folder("tmp");
        folder.write(
                "config/processingjobconfig.json",
                JsonMapper.shared().readTree(Shapes.toJson(job.description())));
        ObjectNode hosts = JsonNodeFactory.instance.objectNode();
        hosts.put("current_host", "algo-1");
        hosts.putArray("hosts").add("algo-1");
        folder.write("config/resourceconfig.json", hosts);
    }

    @Override
    public Witness<ProcessingJob> witness(ProcessingJob job) {
        return new Message(job.name());
    }

    @Override
    public void ended(ProcessingJob job, JobFolder folder) {}

    @Override
    public boolean keeps(Ending ending) {
        return ending instanceof Ending.Done;
    }

    @Override
    public void upload(ProcessingJob job, JobFolder folder) throws JobFailed, IOException {
        for (ProcessingOutput output : job.outputs()) {
            files.putAll(
                    S3Files.Location.of(output.s3Output().s3Uri()),
                    folder.folder(output.s3Output().localPath()));
        }
    }

    /// The message that a program may leave, whether it failed or not.
    private record Message(String job) implements Witness<ProcessingJob> {
        @Override
        public void line(String text) {}

        @Override
        public String lastWords(JobFolder folder) throws IOException {
            String message = message(folder);
            return message.isEmpty() ? "see the log of " + job : message;
        }

        @Override
        public UnaryOperator<ProcessingJob> account(JobFolder folder) throws IOException {
            String message = message(folder);
            return now -> now.saying(message);
        }

        private static String message(JobFolder folder) throws IOException {
            return folder.text("output/message");
        }
    }
}
