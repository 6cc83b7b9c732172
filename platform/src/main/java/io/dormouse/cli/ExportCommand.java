package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.Syntax;
import io.dormouse.definition.Definition;
import io.dormouse.definition.DefinitionFile;
import io.dormouse.definition.Export;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

record ExportCommand() implements Command {
    private static final Option<String> FORMAT =
            Option.word(
                    "--format",
                    "FORMAT",
                    List.of("cloudformation", "terraform", "boto3"),
                    "cloudformation, terraform or boto3 (default: cloudformation)");

    @Override
    public Syntax syntax() {
        return new Syntax(
                "export",
                "Print a definition as a CloudFormation template, Terraform's configuration or a"
                        + " boto3 script: each deploys the same endpoint on AWS without Dormouse."
                        + " Nothing is called; the same definition gives the same text.",
                Definitions.FILE,
                List.of(FORMAT),
                List.of(
                        "./dormouse export > template.yaml",
                        "./dormouse export dormouse.yaml --format boto3 > deploy.py"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        Definition definition =
                DefinitionFile.read(
                        Path.of(arguments.findParameter().orElse(Definitions.DEFAULT_FILE)));
        Export.Format format =
                Export.Format.valueOf(
                        arguments.find(FORMAT).orElse("cloudformation").toUpperCase(Locale.ROOT));
        try (DefinitionSource source = DefinitionSource.of(definition)) {
            console.say(new Export(definition, source.framework()).as(format).stripTrailing());
        }
        return 0;
    }
}
