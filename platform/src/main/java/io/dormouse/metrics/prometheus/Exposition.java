package io.dormouse.metrics.prometheus;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A page of samples. Families come one after the other, each with its help and type; an empty one
/// leaves nothing.
public final class Exposition {
    /// How the page is written.
    public enum Form {
        TEXT("text/plain; version=0.0.4; charset=utf-8"),
        OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

        private final String contentType;

        Form(String contentType) {
            this.contentType = contentType;
        }

        public String contentType() {
            return contentType;
        }

        /// What a reader asks for.
        ///
        /// @param accept the header; empty for none
        public static Form of(String accept) {
            return accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
        }
    }

    private final Form form;
    private final StringBuilder page = new StringBuilder();

    public Exposition(Form form) {
        this.form = form;
    }

    /// What goes up, until the process ends.
    ///
    /// @param name without `_total`
    public Family counter(String name, String help) {
        boolean isOpen = form == Form.OPEN_METRICS;
        return new Family(isOpen ? name : name + "_total", name + "_total", "counter", help);
    }

    /// What goes up and down.
    public Family gauge(String name, String help) {
        return new Family(name, name, "gauge", help);
    }

    /// How values are spread.
    public Family histogram(String name, String help) {
        return new Family(name, name, "histogram", help);
    }

    /// The page so far.
    public String text() {
        return form == Form.OPEN_METRICS ? page + "# EOF\n" : page.toString();
    }

    /// Samples of one name.
    public final class Family {
        private final String name;
        private final String sampleName;
        private final String type;
        private final String help;
        private boolean isBegun;

        private Family(String name, String sampleName, String type, String help) {
            this.name = name;
            this.sampleName = sampleName;
            this.type = type;
            this.help = help;
        }

        /// Adds a sample.
        public Family add(Map<String, String> labels, double value) {
            line(sampleName, labels, value);
            return this;
        }

        /// Adds all samples of a histogram.
        ///
        /// @param bounds of the buckets, ascending, without infinity
        /// @param counts how many values are in each bucket; one more for those above
        public Family add(
                Map<String, String> labels, List<Double> bounds, List<Double> counts, double sum) {
            double seen = 0;
            for (int i = 0; i < counts.size(); i++) {
                seen += counts.get(i);
                Map<String, String> with = new TreeMap<>(labels);
                with.put("le", i < bounds.size() ? bounds.get(i).toString() : "+Inf");
                line(name + "_bucket", with, seen);
            }
            line(name + "_sum", labels, sum);
            line(name + "_count", labels, seen);
            return this;
        }

        private void line(String sample, Map<String, String> labels, double value) {
            if (!isBegun) {
                isBegun = true;
                page.append("# HELP ").append(name).append(' ').append(escaped(help)).append('\n');
                page.append("# TYPE ").append(name).append(' ').append(type).append('\n');
            }
            page.append(sample);
            if (!labels.isEmpty()) {
                char before = '{';
                for (Map.Entry<String, String> each : new TreeMap<>(labels).entrySet()) {
                    page.append(before).append(each.getKey()).append("=\"");
                    page.append(escaped(each.getValue()).replace("\"", "\\\"")).append('"');
                    before = ',';
                }
                page.append('}');
            }
            boolean isWhole = value == Math.rint(value) && Math.abs(value) < 1e15;
            page.append(' ').append(isWhole ? Long.toString((long) value) : Double.toString(value));
            page.append('\n');
        }

        private static String escaped(String text) {
            return text.replace("\\", "\\\\").replace("\n", "\\n");
        }
    }
}
