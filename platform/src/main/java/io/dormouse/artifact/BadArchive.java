package io.dormouse.artifact;

/// An archive that will not be unpacked, or a folder that will not be packed. The message is a
/// sentence for whoever made it.
public final class BadArchive extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadArchive(String message) {
        super(message);
    }

    BadArchive(String message, Throwable cause) {
        super(message, cause);
    }
}
