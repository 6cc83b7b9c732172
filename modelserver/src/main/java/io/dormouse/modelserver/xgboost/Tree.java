package io.dormouse.modelserver.xgboost;

/// One tree as its file has it: parallel arrays by node, the root first. Only the loader sees it.
///
/// @param left the child to the left, -1 for a leaf
/// @param condition the threshold of a split, the value of a leaf
/// @param defaultLeft 1 where a missing value goes left
/// @param splitType 1 for a split on a category, else 0; may be empty
/// @param categoryNodes the nodes that split on a category
/// @param categoryStarts where in `categories` the set of each of these begins
/// @param categorySizes how many categories are in that set
/// @param categories the categories that go right
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Tree(
        int[] left,
        int[] right,
        int[] feature,
        float[] condition,
        int[] defaultLeft,
        int[] splitType,
        int[] categoryNodes,
        int[] categoryStarts,
        int[] categorySizes,
        int[] categories) {
    int nodes() {
        return left.length;
    }
}
