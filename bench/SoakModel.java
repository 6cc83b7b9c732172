import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A model whose every answer is known beforehand: an ONNX graph that multiplies its number, or an
/// XGBoost tree of one split.
///
/// @param id what it multiplies with, or what its leaves are made of
record SoakModel(int id, boolean trees) {
    private static final double SPLIT = 500;

    Path write(Path folder) throws IOException {
        Path file = folder.resolve((trees ? "trees-" : "onnx-") + id + (trees ? ".json" : ".onnx"));
        if (trees) {
            Files.writeString(file, document());
        } else {
            OnnxModels.multiple(file, id);
        }
        return file;
    }

    double answer(double x) {
        if (!trees) {
            return (float) x * id;
        }
        return x < SPLIT ? id : id + 0.5;
    }

    String json(double x) {
        return trees
                ? "{\"instances\":[{\"features\":[" + x + "]}]}"
                : "{\"inputs\":{\"x\":[[" + x + "]]}}";
    }

    private String document() {
        return """
        {"version":[1,7,6],"learner":{"attributes":{},"feature_names":[],"feature_types":[],
        "learner_model_param":{"base_score":"0E0","boost_from_average":"0","num_class":"0","num_feature":"1","num_target":"1"},
        "objective":{"name":"reg:squarederror","reg_loss_param":{"scale_pos_weight":"1"}},
        "gradient_booster":{"name":"gbtree","model":{"tree_info":[0],
        "gbtree_model_param":{"num_parallel_tree":"1","num_trees":"1","size_leaf_vector":"0"},
        "trees":[{"id":0,"base_weights":[0,0,0],"categories":[],"categories_nodes":[],"categories_segments":[],
        "categories_sizes":[],"default_left":[1,0,0],"left_children":[1,-1,-1],"right_children":[2,-1,-1],
        "parents":[2147483647,0,0],"loss_changes":[1,0,0],"split_conditions":[%s,%d,%d.5],
        "split_indices":[0,0,0],"split_type":[0,0,0],"sum_hessian":[2,1,1],
        "tree_param":{"num_deleted":"0","num_feature":"1","num_nodes":"3","size_leaf_vector":"0"}}]}}}}
        """
                .formatted(SPLIT, id, id);
    }
}
