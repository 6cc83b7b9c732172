package io.dormouse.cli.line;

/// The command line says something that the command does not take: exit code 2.
public final class WrongUse extends RuntimeException {
    private static final long serialVersionUID = 1;

    public WrongUse(String sentence) {
        super(sentence);
    }
}
