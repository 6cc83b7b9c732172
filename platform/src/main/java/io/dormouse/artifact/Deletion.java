package io.dormouse.artifact;

import io.dormouse.store.Tx;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the deletion of a key, or of one version of it, did.
///
/// @param version that went, or the delete marker that was made; nothing where there was nothing
/// @param isMarkerMade whether it is the marker
/// @param orphans whose files are to be unlinked after the commit
record Deletion(Optional<Version> version, boolean isMarkerMade, List<Contents.Orphan> orphans) {
    /// As DeleteObject: without a version's id, a delete marker in a bucket that has versions.
    ///
    /// @param now what a delete marker says it was made at
    /// @param reason what the bus is told
    static Deletion of(
            Tx tx,
            String bucket,
            String key,
            Optional<String> versionId,
            Instant now,
            String reason) {
        Versioning versioning = Versioning.of(tx, bucket);
        if (versionId.isPresent() || versioning == Versioning.OFF) {
            return Catalog.version(tx, bucket, key, versionId.orElse(Version.NULL_ID))
                    .map(version -> forever(tx, version, reason))
                    .orElse(new Deletion(Optional.empty(), false, List.of()));
        }
        Version marker =
                new Version(
                        0,
                        bucket,
                        key,
                        versioning.newId(),
                        true,
                        true,
                        0,
                        "",
                        now,
                        ObjectWrites.newContent(),
                        Attributes.NONE);
        List<Contents.Orphan> orphans =
                Catalog.insert(tx, marker).map(old -> orphan(tx, old)).stream().toList();
        Notifications.deleted(tx, marker, true, reason);
        return new Deletion(Optional.of(marker), true, orphans);
    }

    /// Removes one version.
    static Deletion forever(Tx tx, Version version, String reason) {
        Catalog.delete(tx, version);
        Notifications.deleted(tx, version, false, reason);
        return new Deletion(Optional.of(version), false, List.of(orphan(tx, version)));
    }

    static Contents.Orphan orphan(Tx tx, Version version) {
        return new Contents.Orphan(version.content(), Catalog.deleteContent(tx, version.content()));
    }

    /// Whether a delete marker was made or removed.
    boolean isOfMarker() {
        return version.filter(Version::isMarker).isPresent();
    }
}
