package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Unloadable;
import java.util.Arrays;

/// Lays trees out as [Forest] wants them, and refuses trees that an evaluation could not end in.
final class ForestBuilder {
    private static final int CATEGORY_MAX = 1 << 24;

    private final int features;
    private int[] nodes = new int[1024];
    private int used;
    private int[] roots = new int[64];
    private int[] depths = new int[64];
    private int[] groups = new int[64];
    private int trees;

    /// Bit sets of categories, each behind its length in words.
    private int[] categories = new int[0];

    ForestBuilder(int features) {
        this.features = features;
    }

    /// Adds a tree behind those that are there: sums are made in this order.
    ///
    /// @param weight what the tree counts for: 1, or less where dart dropped it
    void add(Tree tree, int group, float weight) throws Unloadable {
        if (trees == roots.length) {
            roots = Arrays.copyOf(roots, trees * 2);
            depths = Arrays.copyOf(depths, trees * 2);
            groups = Arrays.copyOf(groups, trees * 2);
        }
        int count = tree.nodes();
        if (count == 0 || used + (long) count * Forest.STRIDE > Integer.MAX_VALUE - 8) {
            throw new Unloadable("tree " + trees + " has no nodes, or the model has too many");
        }
        check(tree);
        if (used + count * Forest.STRIDE > nodes.length) {
            nodes = Arrays.copyOf(nodes, Math.max(nodes.length * 2, used + count * Forest.STRIDE));
        }
        roots[trees] = used;
        groups[trees] = group;
        depths[trees] = place(tree, weight);
        trees++;
    }

    Forest build(int groupCount) {
        return new Forest(
                Arrays.copyOf(nodes, used),
                Arrays.copyOf(roots, trees),
                Arrays.copyOf(depths, trees),
                Arrays.copyOf(groups, trees),
                groupCount,
                categories);
    }

    private void check(Tree tree) throws Unloadable {
        int count = tree.nodes();
        if (tree.right().length != count
                || tree.feature().length != count
                || tree.condition().length != count
                || tree.defaultLeft().length != count
                || (tree.splitType().length != 0 && tree.splitType().length != count)) {
            throw new Unloadable("tree " + trees + ": its arrays are not of one length");
        }
        int sets = tree.categoryNodes().length;
        if (tree.categoryStarts().length != sets || tree.categorySizes().length != sets) {
            throw new Unloadable(
                    "tree " + trees + ": its sets of categories are not of one length");
        }
        int[] left = tree.left();
        int[] right = tree.right();
        int[] feature = tree.feature();
        for (int node = 0; node < count; node++) {
            if (left[node] < 0) {
                continue;
            }
            if (left[node] >= count || right[node] < 0 || right[node] >= count) {
                throw new Unloadable(
                        "tree " + trees + ", node " + node + ": a child that is not there");
            }
            if (feature[node] < 0 || feature[node] >= features) {
                throw new Unloadable(
                        "tree "
                                + trees
                                + ", node "
                                + node
                                + ": splits on feature "
                                + feature[node]
                                + " of "
                                + features);
            }
        }
    }

    /// Writes the nodes level by level, siblings side by side with the right one first. Arrays
    /// stand in locals because a start runs through here interpreted, where every call counts.
    ///
    /// @return the depth: how many steps lead to the deepest leaf
    private int place(Tree tree, float weight) throws Unloadable {
        int[] left = tree.left();
        int[] right = tree.right();
        int[] feature = tree.feature();
        int[] defaultLeft = tree.defaultLeft();
        int[] splitType = tree.splitType();
        float[] condition = tree.condition();
        int[] out = nodes;
        int count = left.length;
        int[] queue = new int[count];
        int[] levels = new int[count];
        int tail = 1;
        for (int head = 0; head < tail; head++) {
            int node = queue[head];
            int at = used + head * Forest.STRIDE;
            if (left[node] < 0) {
                out[at] = features * 2;
                out[at + 1] = Float.floatToRawIntBits(condition[node] * weight);
                out[at + 2] = at;
                continue;
            }
            if (tail + 2 > count) {
                throw new Unloadable("tree " + trees + ": a node that is reached twice");
            }
            int level = levels[head] + 1;
            out[at + 2] = used + tail * Forest.STRIDE;
            levels[tail] = level;
            queue[tail++] = right[node];
            levels[tail] = level;
            queue[tail++] = left[node];
            int key = feature[node] * 2 + (defaultLeft[node] == 0 ? 1 : 0);
            if (splitType.length > 0 && splitType[node] == 1) {
                out[at] = ~key;
                out[at + 1] = categorySet(tree, node);
            } else {
                out[at] = key;
                out[at + 1] = Forest.sortable(condition[node]);
            }
        }
        used += tail * Forest.STRIDE;
        return levels[tail - 1];
    }

    private int categorySet(Tree tree, int node) throws Unloadable {
        for (int i = 0; i < tree.categoryNodes().length; i++) {
            if (tree.categoryNodes()[i] == node) {
                int start = tree.categoryStarts()[i];
                int end = start + tree.categorySizes()[i];
                if (start < 0 || end < start || end > tree.categories().length) {
                    break;
                }
                int largest = 0;
                for (int c = start; c < end; c++) {
                    int category = tree.categories()[c];
                    if (category < 0 || category >= CATEGORY_MAX) {
                        throw new Unloadable("tree " + trees + ": category " + category);
                    }
                    largest = Math.max(largest, category);
                }
                int words = largest / 32 + 1;
                int at = categories.length;
                categories = Arrays.copyOf(categories, at + 1 + words);
                categories[at] = words;
                for (int c = start; c < end; c++) {
                    int category = tree.categories()[c];
                    categories[at + 1 + category / 32] |= 1 << (category % 32);
                }
                return at;
            }
        }
        throw new Unloadable("tree " + trees + ", node " + node + ": its categories are missing");
    }
}
