package io.dormouse.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// AWS's sentences for hyperparameters that are wrong, and what becomes of those that are right.
class HyperparametersTest {
    private static Map<String, String> given(String text) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String one : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
            given.put(one.split("=", 2)[0], one.split("=", 2)[1]);
        }
        return given;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | Missing required hyperparameter: num_round",
                "num_round=0 | Hyperparameter num_round: 0 is not in [1, +inf)",
                "num_round=ten | Hyperparameter num_round: could not parse value 'ten': expected a whole number in [1, +inf)",
                "num_round=1.5 | Hyperparameter num_round: could not parse value '1.5': expected a whole number in [1, +inf)",
                "num_round=9 rounds=3 | Extraneous hyperparameter found: rounds",
                "num_round=9 eta=1.5 | Hyperparameter eta: 1.5 is not in [0, 1]",
                "num_round=9 learning_rate=x | Hyperparameter eta: could not parse value 'x': expected a number in [0, 1]",
                "num_round=9 subsample=0 | Hyperparameter subsample: 0 is not in (0, 1]",
                "num_round=9 seed=99999999999 | Hyperparameter seed: 99999999999 is not in (-2147483648, 2147483647)",
                "num_round=9 booster=tree | Hyperparameter booster: tree is not in ['gbtree', 'gblinear', 'dart']",
                "num_round=9 objective=multi:softmax | Require input for parameter 'num_class' for multi-classification",
                "num_round=9 num_class=1 | Hyperparameter num_class: 1 is not in [2, +inf)",
                "num_round=9 eval_metric=auc | Metric 'auc' can only be applied for classification and ranking problems.",
                "num_round=9 eval_metric=error@x | Threshold value 't' in 'error@t' expects float input.",
                "num_round=9 monotone_constraints=(1,0) | monotone_constraints can be used only when the tree_method parameter is set to either 'exact' or 'hist'.",
            })
    void aWrongOneIsRefusedInAwssWords(String hyperparameters, String sentence) {
        UserError e =
                assertThrows(UserError.class, () -> Hyperparameters.check(given(hyperparameters)));
        assertEquals(sentence, e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "num_round=9 eval_metric=auc2, not in range ['accuracy'",
        "num_round=9 objective=reg:cubic, is not in ['binary:logistic'",
        "num_round=9 eval_metric=rmse@3, is not supported",
        "num_round=9 tree_method=gpu_hist, needs a GPU",
        "num_round=9 _kfold=5, not served",
    })
    void itIsToldWhatThereIs(String hyperparameters, String part) {
        UserError e =
                assertThrows(UserError.class, () -> Hyperparameters.check(given(hyperparameters)));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    @Test
    void aliasesAndOldNamesAreUnderstood() throws UserError {
        Hyperparameters parameters =
                Hyperparameters.check(
                        given("num_round=9 learning_rate=0.2 reg_alpha=1 objective=reg:linear"));
        assertEquals(9, parameters.rounds());
        assertEquals(
                Map.of("eta", "0.2", "alpha", "1", "objective", "reg:squarederror"),
                parameters.forXgboost());
    }

    @Test
    void theTunedMetricIsTheLast() throws UserError {
        Hyperparameters parameters =
                Hyperparameters.check(
                        given(
                                "num_round=9 objective=binary:logistic eval_metric=auc,error@0.7,logloss"
                                        + " _tuning_objective_metric=validation:auc"));
        assertEquals(List.of("error@0.7", "logloss", "auc"), parameters.metrics());
    }
}
