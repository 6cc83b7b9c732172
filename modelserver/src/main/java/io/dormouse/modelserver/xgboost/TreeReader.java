package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Unloadable;

/// Reads one tree. What only training needs (gains, hessians, parents) is passed over.
final class TreeReader {
    private static final int[] NONE = {};

    private final Cursor in;
    private final int index;
    private int[] left = NONE;
    private int[] right = NONE;
    private int[] feature = NONE;
    private float[] condition = {};
    private int[] defaultLeft = NONE;
    private int[] splitType = NONE;
    private int[] categoryNodes = NONE;
    private int[] categoryStarts = NONE;
    private int[] categorySizes = NONE;
    private int[] categories = NONE;

    TreeReader(Cursor in, int index) {
        this.in = in;
        this.index = index;
    }

    Tree read() throws Unloadable {
        in.enterObject();
        while (in.nextMember()) {
            switch (in.name()) {
                case "left_children" -> left = in.ints();
                case "right_children" -> right = in.ints();
                case "split_indices" -> feature = in.ints();
                case "split_conditions" -> condition = in.floats();
                case "default_left" -> defaultLeft = in.ints();
                case "split_type" -> splitType = in.ints();
                case "categories_nodes" -> categoryNodes = in.ints();
                case "categories_segments" -> categoryStarts = in.ints();
                case "categories_sizes" -> categorySizes = in.ints();
                case "categories" -> categories = in.ints();
                case "tree_param" -> parameters();
                default -> in.skip();
            }
        }
        return new Tree(
                left,
                right,
                feature,
                condition,
                defaultLeft,
                splitType,
                categoryNodes,
                categoryStarts,
                categorySizes,
                categories);
    }

    private void parameters() throws Unloadable {
        in.enterObject();
        while (in.nextMember()) {
            if (in.name().equals("size_leaf_vector")
                    && ModelReader.number("size_leaf_vector", in.string()) > 1) {
                throw new Unloadable(
                        "tree "
                                + index
                                + " has vectors as leaves (multi_strategy"
                                + " multi_output_tree), which are not evaluated:"
                                + " train with multi_strategy one_output_per_tree");
            } else if (!in.name().equals("size_leaf_vector")) {
                in.skip();
            }
        }
    }
}
