package io.dormouse.worker;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Lets programs of owners speak to the platform in the name of a role.
@FunctionalInterface
public interface RoleAccess {
    /// Gives nothing: for what runs without the platform around it.
    RoleAccess NONE = (_, _) -> Pass.NONE;

    /// Whom a program acts for.
    ///
    /// @param arn of the role that is assumed
    /// @param region what the program's clients take for their region
    record Role(String arn, String region) {
        public Role {
            Objects.requireNonNull(arn);
            Objects.requireNonNull(region);
        }
    }

    /// What a program is given, for as long as it runs.
    ///
    /// @param environment names the platform's address, its region and where temporary credentials
    ///   are to be had: any AWS client reads these
    /// @param network the way to the platform
    /// @param end takes it back: no more credentials, and those that were given end by themselves
    record Pass(Map<String, String> environment, Network network, Runnable end)
            implements AutoCloseable {
        /// For what is to speak to nobody.
        public static final Pass NONE = new Pass(Map.of(), Network.NONE, () -> {});

        public Pass {
            environment = Map.copyOf(environment);
            Objects.requireNonNull(network);
            Objects.requireNonNull(end);
        }

        @Override
        public void close() {
            end.run();
        }
    }

    /// A pass for one program.
    ///
    /// @param roleArn the role that is assumed
    /// @param region what the program's clients take for their region
    Pass pass(String roleArn, String region);

    /// A pass for one program, or none where it acts for nobody.
    default Pass pass(Optional<Role> role) {
        return role.map(each -> pass(each.arn(), each.region())).orElse(Pass.NONE);
    }
}
