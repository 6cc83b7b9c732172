package io.dormouse.aws;

import java.util.Objects;

/// Who is calling, for as long as an operation runs: bound by `wire` for a request over HTTP and by
/// `app` for a user in the same process.
///
/// @param account twelve digits
/// @param region such as `us-east-1`
/// @param accessKey the access key id that signed the request; empty where it was not signed
/// @param arn the user or assumed role
public record Caller(String account, String region, String accessKey, String arn) {
    public static final String DEFAULT_ACCOUNT = "123456789012";
    public static final String DEFAULT_REGION = "us-east-1";

    private static final ScopedValue<Caller> CURRENT = ScopedValue.newInstance();

    public Caller {
        Objects.requireNonNull(account);
        Objects.requireNonNull(region);
        Objects.requireNonNull(accessKey);
        Objects.requireNonNull(arn);
    }

    /// The owner of an account, unsigned.
    public static Caller root(String account, String region) {
        return new Caller(account, region, "", "arn:aws:iam::" + account + ":root");
    }

    /// The caller of the operation that this thread runs; the default account's owner outside one.
    public static Caller current() {
        return CURRENT.orElse(root(DEFAULT_ACCOUNT, DEFAULT_REGION));
    }

    /// Runs `body` as this caller.
    public <R, X extends Throwable> R call(ScopedValue.CallableOp<? extends R, X> body) throws X {
        return ScopedValue.where(CURRENT, this).call(body);
    }

    /// The ARN of a resource of this account and region: `arn("sagemaker", "endpoint/churn")`.
    public String resource(String service, String path) {
        return "arn:aws:" + service + ":" + region + ":" + account + ":" + path;
    }
}
