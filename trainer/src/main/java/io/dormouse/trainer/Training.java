package io.dormouse.trainer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/// One training job of the built-in XGBoost, from its folder to its model.
final class Training {
    /// The form of the model file: UBJ, what the current XGBoost and AWS's container write under
    /// this name.
    private static final String MODEL_FORM = "ubj";

    private final MlFolder folder;
    private final Log log;
    private final BooleanSupplier stopping;

    /// A job that has not begun.
    ///
    /// @param log where the job's log goes
    /// @param stopping true once the job is asked to end: it then keeps the rounds that are done
    Training(MlFolder folder, Log log, BooleanSupplier stopping) {
        this.folder = folder;
        this.log = log;
        this.stopping = stopping;
    }

    /// Trains and leaves the model.
    ///
    /// @throws UserError when hyperparameters or data are wrong
    /// @throws XGBoostError when XGBoost refuses them
    void run() throws IOException, UserError, XGBoostError {
        Hyperparameters parameters = Hyperparameters.check(folder.hyperparameters());
        if (folder.hosts() > 1) {
            throw new UserError(
                    "ResourceConfig.InstanceCount: "
                            + folder.hosts()
                            + " instances, but XGBoost trains on one here: expected 1");
        }
        Channel train =
                folder.channel("train")
                        .orElseThrow(() ->
                                new UserError(
                                        "Missing required channel: train. Channels are named"
                                                + " train and, optionally, validation."));
        Table rows = read(train, parameters);
        log.info(
                "Train matrix has "
                        + rows.rows()
                        + " rows and "
                        + rows.features().columns()
                        + " columns");
        Map<String, Table> tables = new LinkedHashMap<>();
        tables.put("train", rows);
        Optional<Channel> validation = folder.channel("validation");
        if (validation.isPresent()) {
            Table table = read(validation.get(), parameters);
            log.info("Validation matrix has " + table.rows() + " rows");
            tables.put("validation", table);
        }
        train(parameters, tables);
    }

    private static Table read(Channel channel, Hyperparameters parameters)
            throws IOException, UserError {
        Labels rule = new Labels(parameters.objective(), parameters.classes());
        return switch (channel.format()) {
            case CSV -> CsvTable.read(channel, rule, parameters.hasWeights());
            case LIBSVM -> LibsvmTable.read(channel, rule);
        };
    }

    private void train(Hyperparameters parameters, Map<String, Table> tables)
            throws IOException, UserError, XGBoostError {
        Map<String, DMatrix> matrices = new LinkedHashMap<>();
        int columns = columns(tables);
        for (Map.Entry<String, Table> entry : tables.entrySet()) {
            matrices.put(entry.getKey(), entry.getValue().matrix(columns));
        }
        Booster booster = booster(parameters, matrices);
        Optional<EarlyStopping> early = parameters.earlyStoppingRounds().map(EarlyStopping::new);
        if (early.isPresent() && !tables.containsKey("validation")) {
            log.info("early_stopping_rounds has no effect without a channel named validation");
        }
        List<String> ofContainer =
                parameters.metrics().stream().filter(Metrics::isOfContainer).toList();
        int rounds = 0;
        boolean ended = false;
        while (!ended && rounds < parameters.rounds() && !stopping.getAsBoolean()) {
            booster.update(train(matrices), rounds);
            Progress progress = evaluate(booster, rounds, matrices, ofContainer, tables);
            log.line(progress.line());
            rounds++;
            ended = early.isPresent() && early.get().endsWith(progress);
        }
        if (stopping.getAsBoolean() && (rounds == 0 || !parameters.savesOnTermination())) {
            log.info("Stopped after " + rounds + " rounds, without a model");
            return;
        }
        if (stopping.getAsBoolean()) {
            log.info("Stopped after " + rounds + " rounds: the model holds these");
        }
        save(booster, rounds, early);
    }

    private static DMatrix train(Map<String, DMatrix> matrices) {
        return Objects.requireNonNull(matrices.get("train"));
    }

    /// A booster before its first round, which knows its parameters and its data.
    private static Booster booster(Hyperparameters parameters, Map<String, DMatrix> matrices)
            throws XGBoostError {
        Booster booster =
                XGBoost.train(train(matrices), parameters.forXgboost(), 0, matrices, null, null);
        for (String metric : parameters.metrics()) {
            if (!Metrics.isOfContainer(metric)) {
                booster.setParam("eval_metric", metric);
            }
        }
        return booster;
    }

    private static int columns(Map<String, Table> tables) throws UserError {
        int columns = 0;
        for (Table table : tables.values()) {
            columns = Math.max(columns, table.features().columns());
        }
        for (Map.Entry<String, Table> entry : tables.entrySet()) {
            int own = entry.getValue().features().columns();
            if (entry.getValue().features() instanceof Table.Dense && own != columns) {
                throw new UserError(
                        "Channels train and validation differ: "
                                + entry.getKey()
                                + " has "
                                + own
                                + " feature columns, the other "
                                + columns);
            }
        }
        return columns;
    }

    /// What XGBoost says of a round and, behind it in each channel, the metrics that it does not
    /// have.
    private static Progress evaluate(
            Booster booster,
            int round,
            Map<String, DMatrix> matrices,
            List<String> ofContainer,
            Map<String, Table> tables)
            throws XGBoostError {
        Progress progress =
                Progress.parse(
                        round,
                        booster.evalSet(
                                matrices.values().toArray(new DMatrix[0]),
                                matrices.keySet().toArray(new String[0]),
                                round));
        if (ofContainer.isEmpty()) {
            return progress;
        }
        List<Progress.Value> values = new ArrayList<>();
        for (Map.Entry<String, Table> entry : tables.entrySet()) {
            String channel = entry.getKey();
            DMatrix matrix = Objects.requireNonNull(matrices.get(channel));
            progress.values().stream()
                    .filter(value -> value.channel().equals(channel))
                    .forEach(values::add);
            for (String metric : ofContainer) {
                // A class is chosen by the sign of the margin, whatever the objective makes of it.
                float[][] scores = booster.predict(matrix, !Metrics.isOfRegression(metric));
                double value = Metrics.of(metric, entry.getValue().labels(), scores);
                values.add(new Progress.Value(channel, metric, value));
            }
        }
        return new Progress(round, values);
    }

    /// With early stopping the model is the best one, as SageMaker hosts it, else the last.
    private void save(Booster booster, int rounds, Optional<EarlyStopping> early)
            throws IOException, XGBoostError {
        byte[] model;
        if (early.isPresent() && early.get().bestRound() >= 0) {
            int best = early.get().bestRound();
            booster.setAttr("best_iteration", String.valueOf(best));
            booster.setAttr("best_score", String.valueOf(early.get().bestScore()));
            log.info(
                    String.format(
                            Locale.ROOT,
                            "Best round: [%d] with validation-%s:%.5f",
                            best,
                            early.get().metric(),
                            early.get().bestScore()));
            boolean cut = best + 1 < rounds;
            model = cut ? firstRounds(booster, best + 1) : booster.toByteArray(MODEL_FORM);
        } else {
            model = booster.toByteArray(MODEL_FORM);
        }
        folder.writeModel(model);
        log.info("Saved the model: " + model.length + " bytes");
    }

    private static byte[] firstRounds(Booster booster, int rounds)
            throws IOException, XGBoostError {
        String whole = new String(booster.toByteArray("json"), StandardCharsets.UTF_8);
        if (!whole.contains("\"iteration_indptr\"")) {
            // A linear booster has one set of weights, not rounds.
            return booster.toByteArray(MODEL_FORM);
        }
        byte[] cut = Truncation.keep(whole, rounds).getBytes(StandardCharsets.UTF_8);
        return XGBoost.loadModel(cut).toByteArray(MODEL_FORM);
    }
}
