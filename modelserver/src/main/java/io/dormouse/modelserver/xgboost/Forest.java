package io.dormouse.modelserver.xgboost;

import java.util.Arrays;

/// Trees in one array, three ints for each node, walked without a branch.
///
/// A row is first turned into keys: ints that order as its floats do, each feature twice. The first
/// of the two is the smallest int where the value is missing, the second the largest, so a node
/// that sends missing values left points at the first, one that sends them right at the second, and
/// the walk need not ask. The children of a node stand side by side, the right one first: a step is
/// one comparison that is added to an address. A leaf points at itself and at a key that is never
/// smaller, so walks of different lengths run together for as many steps as the longest needs: four
/// trees for one row, four rows for one tree. There is nothing for the processor to mispredict and
/// always four loads under way.
final class Forest implements Margins {
    /// Ints in a node: the index of its key (or, inverted, of its category), its threshold (for a
    /// leaf the bits of its value, for a category the place of its set), its right child.
    static final int STRIDE = 3;

    /// Deeper trees (a limit on leaves, not on depth, makes them) are walked one by one, each only
    /// as far as its leaf.
    private static final int DEPTH_TOGETHER_MAX = 16;

    /// Rows whose keys are made at once; fewer where rows are wide.
    private static final int BLOCK_ROWS = 64;

    private static final int BLOCK_KEYS = 1 << 16;

    private final int[] nodes;
    private final int[] roots;
    private final int[] depths;
    private final int[] groups;
    private final int groupCount;
    private final int[] categories;
    private final boolean oneByOne;

    Forest(int[] nodes, int[] roots, int[] depths, int[] groups, int groupCount, int[] categories) {
        this.nodes = nodes;
        this.roots = roots;
        this.depths = depths;
        this.groups = groups;
        this.groupCount = groupCount;
        this.categories = categories;
        int deepest = 0;
        for (int depth : depths) {
            deepest = Math.max(deepest, depth);
        }
        this.oneByOne = deepest > DEPTH_TOGETHER_MAX || categories.length > 0;
    }

    /// An int that orders among its like as the float does; both zeros are one.
    static int sortable(float value) {
        int bits = Float.floatToRawIntBits(value + 0.0f);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    private static float unsortable(int key) {
        return Float.intBitsToFloat(key ^ ((key >> 31) & Integer.MAX_VALUE));
    }

    @Override
    public void add(float[] rows, int features, int count, float[] sums) {
        int stride = features * 2 + 1;
        int block = Math.clamp(BLOCK_KEYS / stride, 1, Math.min(BLOCK_ROWS, Math.max(count, 1)));
        int[] keys = new int[block * stride];
        for (int start = 0; start < count; start += block) {
            int size = Math.min(block, count - start);
            for (int i = 0; i < size; i++) {
                toKeys(rows, (start + i) * features, features, keys, i * stride);
            }
            if (oneByOne) {
                walkOneByOne(keys, stride, size, sums, start * groupCount);
            } else {
                int together = size & ~3;
                if (together > 0) {
                    walkRows(keys, stride, together, sums, start * groupCount);
                }
                for (int i = together; i < size; i++) {
                    walkTrees(keys, i * stride, sums, (start + i) * groupCount);
                }
            }
        }
    }

    private static void toKeys(float[] rows, int from, int features, int[] keys, int to) {
        int at = to;
        for (int i = from; i < from + features; i++) {
            float value = rows[i];
            int key = sortable(value);
            boolean missing = Float.isNaN(value);
            keys[at++] = missing ? Integer.MIN_VALUE : key;
            keys[at++] = missing ? Integer.MAX_VALUE : key;
        }
        keys[at] = Integer.MAX_VALUE;
    }

    /// Where a walk goes from a node. Written out in full, the compiler keeps four of them in
    /// registers.
    private static int step(int[] nodes, int[] keys, int offset, int node) {
        long difference = (long) keys[offset + nodes[node]] - nodes[node + 1];
        return nodes[node + 2] + (int) (difference >>> 63) * STRIDE;
    }

    /// One row, four trees at a time.
    private void walkTrees(int[] keys, int offset, float[] sums, int to) {
        int[] n = nodes;
        int trees = roots.length;
        int tree = 0;
        for (; tree + 3 < trees; tree += 4) {
            int a = roots[tree];
            int b = roots[tree + 1];
            int c = roots[tree + 2];
            int d = roots[tree + 3];
            int steps =
                    Math.max(
                            Math.max(depths[tree], depths[tree + 1]),
                            Math.max(depths[tree + 2], depths[tree + 3]));
            for (int i = 0; i < steps; i++) {
                a = step(n, keys, offset, a);
                b = step(n, keys, offset, b);
                c = step(n, keys, offset, c);
                d = step(n, keys, offset, d);
            }
            sums[to + groups[tree]] += Float.intBitsToFloat(n[a + 1]);
            sums[to + groups[tree + 1]] += Float.intBitsToFloat(n[b + 1]);
            sums[to + groups[tree + 2]] += Float.intBitsToFloat(n[c + 1]);
            sums[to + groups[tree + 3]] += Float.intBitsToFloat(n[d + 1]);
        }
        for (; tree < trees; tree++) {
            int a = roots[tree];
            for (int i = 0; i < depths[tree]; i++) {
                a = step(n, keys, offset, a);
            }
            sums[to + groups[tree]] += Float.intBitsToFloat(n[a + 1]);
        }
    }

    /// A block of rows, four at a time through each tree, so that a tree is read from memory once.
    private void walkRows(int[] keys, int stride, int count, float[] sums, int to) {
        int[] n = nodes;
        int step = groupCount;
        for (int tree = 0; tree < roots.length; tree++) {
            int root = roots[tree];
            int depth = depths[tree];
            int out = to + groups[tree];
            for (int row = 0; row < count; row += 4) {
                int first = row * stride;
                int a = root;
                int b = root;
                int c = root;
                int d = root;
                for (int i = 0; i < depth; i++) {
                    a = step(n, keys, first, a);
                    b = step(n, keys, first + stride, b);
                    c = step(n, keys, first + 2 * stride, c);
                    d = step(n, keys, first + 3 * stride, d);
                }
                sums[out + row * step] += Float.intBitsToFloat(n[a + 1]);
                sums[out + (row + 1) * step] += Float.intBitsToFloat(n[b + 1]);
                sums[out + (row + 2) * step] += Float.intBitsToFloat(n[c + 1]);
                sums[out + (row + 3) * step] += Float.intBitsToFloat(n[d + 1]);
            }
        }
    }

    private void walkOneByOne(int[] keys, int stride, int count, float[] sums, int to) {
        for (int tree = 0; tree < roots.length; tree++) {
            for (int row = 0; row < count; row++) {
                int node = roots[tree];
                int next = node;
                do {
                    node = next;
                    next =
                            nodes[node] < 0
                                    ? categoryStep(keys, row * stride, node)
                                    : step(nodes, keys, row * stride, node);
                } while (next != node);
                sums[to + row * groupCount + groups[tree]] += Float.intBitsToFloat(nodes[node + 1]);
            }
        }
    }

    /// A category that is in the set goes right; what is no category, or an unknown one, goes left.
    private int categoryStep(int[] keys, int offset, int node) {
        int key = keys[offset + ~nodes[node]];
        boolean left;
        if (key == Integer.MIN_VALUE || key == Integer.MAX_VALUE) {
            left = key == Integer.MIN_VALUE;
        } else {
            float value = unsortable(key);
            int set = nodes[node + 1];
            int category = (int) value;
            left =
                    value < 0
                            || category / 32 >= categories[set]
                            || (categories[set + 1 + category / 32] & 1 << (category % 32)) == 0;
        }
        return nodes[node + 2] + (left ? STRIDE : 0);
    }

    /// The constructor's arrays, in its order; not to be written to.
    int[][] arrays() {
        return new int[][] {nodes, roots, depths, groups, categories};
    }

    /// Bytes that the trees take.
    long bytes() {
        return 4L * (nodes.length + roots.length * 3L + categories.length);
    }

    @Override
    public String toString() {
        return "Forest of " + roots.length + " trees, depths " + Arrays.toString(depths);
    }
}
