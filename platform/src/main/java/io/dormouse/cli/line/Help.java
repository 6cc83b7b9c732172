package io.dormouse.cli.line;

import java.util.List;

/// The help, 80 columns wide.
record Help(CommandLine line) {
    private static final int WIDTH = 80;
    private static final int COLUMN = 26;
    private static final String HELP = "  -h, --help";

    String ofProgram() {
        StringBuilder text = new StringBuilder();
        text.append("Usage: ").append(line.program()).append(" COMMAND [OPTIONS]\n\n");
        wrap(text, line.description(), 0);
        text.append("\nCommands:\n");
        for (String word : line.shown()) {
            entry(text, "  " + word, line.syntax(word).summary());
        }
        entry(text, "  help", "Print the help of a command.");
        text.append("\nOptions:\n");
        entry(text, HELP, "print this help");
        entry(text, "  -V, --version", "print the version");
        text.append("\nExample:\n  ").append(line.program()).append(" demo");
        return text.toString();
    }

    String of(Syntax syntax) {
        StringBuilder text = new StringBuilder();
        text.append("Usage: ").append(line.program()).append(' ').append(syntax.name());
        text.append(" [OPTIONS]");
        syntax.parameter().ifPresent(parameter -> text.append(' ').append(parameter.label()));
        text.append("\n\n");
        wrap(text, syntax.description(), 0);
        text.append('\n');
        syntax.parameter()
                .ifPresent(parameter ->
                        entry(text, "      " + parameter.label(), parameter.description()));
        syntax.options().forEach(option -> entry(text, head(option), option.description()));
        entry(text, HELP, "print this help");
        text.append(syntax.examples().size() == 1 ? "\nExample:" : "\nExamples:");
        syntax.examples().forEach(example -> text.append("\n  ").append(example));
        return text.toString();
    }

    private static String head(Option<?> option) {
        String name = option.names().getFirst();
        List<String> others = option.names().subList(1, option.names().size());
        String prefix = others.isEmpty() ? "      " : "  " + String.join(", ", others) + ", ";
        return prefix + name + (option.isFlag() ? "" : " " + option.label());
    }

    private static void entry(StringBuilder text, String head, String description) {
        text.append(head);
        if (head.length() > COLUMN - 2) {
            text.append('\n').repeat(' ', COLUMN);
        } else {
            text.repeat(' ', COLUMN - head.length());
        }
        wrap(text, description, COLUMN);
    }

    /// Words on as many lines as they need, each but the first indented.
    private static void wrap(StringBuilder text, String words, int indent) {
        int column = indent;
        for (String word : words.split(" ", -1)) {
            if (column > indent && column + 1 + word.length() > WIDTH) {
                text.append('\n').repeat(' ', indent);
                column = indent;
            } else if (column > indent) {
                text.append(' ');
                column++;
            }
            text.append(word);
            column += word.length();
        }
        text.append('\n');
    }
}
