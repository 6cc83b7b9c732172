package io.dormouse.identity;

import io.dormouse.aws.AwsError;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.iam.model.DeleteConflictException;
import software.amazon.awssdk.services.iam.model.EntityAlreadyExistsException;
import software.amazon.awssdk.services.iam.model.InvalidInputException;
import software.amazon.awssdk.services.iam.model.MalformedPolicyDocumentException;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;

/// IAM's errors, by the names and in the words that its clients know.
final class IamErrors {
    private IamErrors() {}

    static AwsServiceException noRole(String name) {
        return noSuchEntity("The role with name " + name + " cannot be found.");
    }

    static AwsServiceException noSuchEntity(String message) {
        return AwsError.modelled(NoSuchEntityException.builder(), "NoSuchEntity", 404, message);
    }

    static AwsServiceException exists(String message) {
        return AwsError.modelled(
                EntityAlreadyExistsException.builder(), "EntityAlreadyExists", 409, message);
    }

    static AwsServiceException conflict(String message) {
        return AwsError.modelled(DeleteConflictException.builder(), "DeleteConflict", 409, message);
    }

    static AwsServiceException malformedPolicy(String message) {
        return AwsError.modelled(
                MalformedPolicyDocumentException.builder(),
                "MalformedPolicyDocument",
                400,
                message);
    }

    static AwsServiceException invalidInput(String message) {
        return AwsError.modelled(InvalidInputException.builder(), "InvalidInput", 400, message);
    }
}
