package io.dormouse.modelserver.onnx;

import io.dormouse.modelserver.CsvReader;
import io.dormouse.modelserver.Media;
import io.dormouse.modelserver.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// `text/csv` bodies: a row for each instance. A model with one input takes the whole row
/// (flattened where the input has more dimensions), a model whose inputs are columns takes one
/// field for each of them, in the model's order. A line of names is left out with `text/csv;
/// header=present`.
final class CsvInput {
    private CsvInput() {}

    /// Fills the tensors, which are empty.
    static void read(String contentType, InputStream body, List<TensorBuilder> tensors)
            throws IOException, Refusal {
        CsvReader csv = new CsvReader(body);
        if (Media.parameter(contentType, "header").equals("present") && csv.row()) {
            skip(csv);
        }
        if (tensors.size() == 1) {
            wholeRows(csv, tensors.getFirst());
        } else {
            columns(csv, tensors);
        }
    }

    private static void skip(CsvReader csv) throws IOException, Refusal {
        while (csv.field()) {
            // A name.
        }
    }

    private static void wholeRows(CsvReader csv, TensorBuilder tensor) throws IOException, Refusal {
        long rows = 0;
        long width = 0;
        while (csv.row()) {
            long before = tensor.elements();
            while (csv.field()) {
                put(csv, tensor, tensor.elements() - before + 1);
            }
            long fields = tensor.elements() - before;
            if (rows > 0 && fields != width) {
                throw Refusal.badInput(
                        "row "
                                + csv.number()
                                + " of the CSV has "
                                + fields
                                + " columns, the rows before it "
                                + width);
            }
            width = fields;
            rows++;
        }
        if (rows == 0) {
            throw Refusal.badInput(tensor.input().described() + ": there is no row in the CSV");
        }
        tensor.shape(Shape.table(tensor.input(), rows, width));
    }

    private static void columns(CsvReader csv, List<TensorBuilder> tensors)
            throws IOException, Refusal {
        for (TensorBuilder tensor : tensors) {
            if (!tensor.input().isColumn()) {
                throw Refusal.unsupportedType(
                        "text/csv is for models whose inputs are one column each; "
                                + tensor.input().described()
                                + " is not: send application/json");
            }
        }
        long rows = 0;
        while (csv.row()) {
            int column = 0;
            while (csv.field()) {
                if (column < tensors.size()) {
                    put(csv, tensors.get(column), column + 1);
                }
                column++;
            }
            if (column != tensors.size()) {
                throw Refusal.badInput(
                        "row "
                                + csv.number()
                                + " of the CSV has "
                                + column
                                + " columns, the model expects "
                                + tensors.size());
            }
            rows++;
        }
        if (rows == 0) {
            throw Refusal.badInput("there is no row in the CSV");
        }
        for (TensorBuilder tensor : tensors) {
            tensor.shape(new long[] {rows});
        }
    }

    private static void put(CsvReader csv, TensorBuilder tensor, long column) throws Refusal {
        try {
            tensor.text(csv.text(), 0, csv.length());
        } catch (Refusal e) {
            String hint =
                    csv.number() == 1
                            ? "; if the first row holds names, say text/csv; header=present"
                            : "";
            throw Refusal.badInput(
                    "row "
                            + csv.number()
                            + ", column "
                            + column
                            + " of the CSV: "
                            + e.getMessage()
                            + hint);
        }
    }
}
