package io.dormouse.job;

import java.time.Duration;
import java.util.Map;

/// What a job asks to be run.
///
/// @param environment what the program is given beside the job's own name
record Task(Programs.Program program, Map<String, String> environment, Duration timeLimit) {
    /// What a job has that sets no limit, as on AWS.
    static final Duration USUAL_TIME = Duration.ofDays(1);

    Task {
        environment = Map.copyOf(environment);
    }
}
