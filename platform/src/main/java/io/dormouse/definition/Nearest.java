package io.dormouse.definition;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// The right name for a mistyped one.
final class Nearest {
    private Nearest() {}

    /// The name with the fewest letters to change, where these are at most a third of the word.
    static Optional<String> to(String word, Collection<String> names) {
        int most = Math.max(1, (word.length() + 2) / 3);
        return names.stream()
                .filter(name -> distance(word, name) <= most)
                .min(Comparator.comparingInt(name -> distance(word, name)));
    }

    /// Letters to add, leave out or change.
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[to.length()];
    }
}
