package io.dormouse.endpoint;

import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;

/// What an endpoint is in the middle of. The methods are the legal moves.
///
///     Creating ──ready──► InService ──update──► Updating ──switched──► InService
///        │failed            │  ▲ │                └──────rolledBack───────┘
///        ▼            lost  ▼  │ │ recovered
///     Failed           OutOfService
///        └───────delete──────┴─┴──delete──► Deleting ─► gone
sealed interface EndpointState {
    /// As AWS names it.
    EndpointStatus status();

    /// What is served, or would be were the platform able to.
    Optional<Plan> current();

    /// What it is on its way to.
    default Optional<Plan> next() {
        return Optional.empty();
    }

    /// What went wrong last; empty where nothing did.
    default String reason() {
        return "";
    }

    /// Asked for, not serving yet.
    record Creating(Plan asked) implements EndpointState {
        /// @param served what was asked for, with its model laid out
        InService ready(Plan served) {
            return new InService(served, "");
        }

        Failed failed(String reason) {
            return new Failed(asked, reason);
        }

        @Override
        public EndpointStatus status() {
            return EndpointStatus.CREATING;
        }

        @Override
        public Optional<Plan> current() {
            return Optional.empty();
        }

        @Override
        public Optional<Plan> next() {
            return Optional.of(asked);
        }
    }

    /// Serving.
    ///
    /// @param reason why the last update failed; empty where it did not
    record InService(Plan plan, String reason) implements EndpointState {
        Updating update(Plan to, Instant at) {
            return new Updating(plan, to, at);
        }

        /// After a restart it could not be served again.
        OutOfService lost(String why) {
            return new OutOfService(plan, why);
        }

        Deleting delete() {
            return new Deleting(plan);
        }

        @Override
        public EndpointStatus status() {
            return EndpointStatus.IN_SERVICE;
        }

        @Override
        public Optional<Plan> current() {
            return Optional.of(plan);
        }
    }

    /// Serving one plan while the next is prepared.
    ///
    /// @param since when the update was asked for
    record Updating(Plan plan, Plan to, Instant since) implements EndpointState {
        /// @param served what was asked for, with its model laid out
        InService switched(Plan served) {
            return new InService(served, "");
        }

        InService rolledBack(String why) {
            return new InService(plan, why);
        }

        @Override
        public EndpointStatus status() {
            return EndpointStatus.UPDATING;
        }

        @Override
        public Optional<Plan> current() {
            return Optional.of(plan);
        }

        @Override
        public Optional<Plan> next() {
            return Optional.of(to);
        }
    }

    /// It was in service, and cannot be at the moment; tried again and again.
    record OutOfService(Plan plan, String reason) implements EndpointState {
        InService recovered(Plan served) {
            return new InService(served, "");
        }

        Updating update(Plan to, Instant at) {
            return new Updating(plan, to, at);
        }

        Deleting delete() {
            return new Deleting(plan);
        }

        @Override
        public EndpointStatus status() {
            return EndpointStatus.OUT_OF_SERVICE;
        }

        @Override
        public Optional<Plan> current() {
            return Optional.of(plan);
        }
    }

    /// It never came into service. Only to be deleted.
    record Failed(Plan asked, String reason) implements EndpointState {
        Deleting delete() {
            return new Deleting(asked);
        }

        @Override
        public EndpointStatus status() {
            return EndpointStatus.FAILED;
        }

        @Override
        public Optional<Plan> current() {
            return Optional.of(asked);
        }
    }

    /// Answers what it has begun to answer, then is gone.
    record Deleting(Plan plan) implements EndpointState {
        @Override
        public EndpointStatus status() {
            return EndpointStatus.DELETING;
        }

        @Override
        public Optional<Plan> current() {
            return Optional.of(plan);
        }
    }
}
