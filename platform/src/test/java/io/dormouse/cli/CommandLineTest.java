package io.dormouse.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.cli.line.CommandLine;
import io.dormouse.cli.line.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Help, wrong use, and completion in a real shell.
class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line = DormouseCommand.commandLine(Map.of());

    @TempDir private Path folder;

    private int run(String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return line.execute(new Console(new PrintWriter(out), new PrintWriter(err)), words);
    }

    @Test
    void everyCommandHasHelpWithAnExample() {
        for (String word : line.commands().keySet()) {
            if (!word.startsWith(".")) {
                assertEquals(0, run(word, "--help"), word);
                String help = out.toString();
                assertTrue(help.startsWith("Usage: ./dormouse " + word), help);
                assertTrue(help.contains("Example"), help);
                assertTrue(help.lines().allMatch(each -> each.length() <= 100), help);
                assertEquals(0, run("help", word), word);
                assertEquals(help, out.toString());
            }
        }
        assertEquals(0, run("--help"));
        assertTrue(out.toString().contains("  endpoints  "), out.toString());
    }

    @Test
    void wrongUseIsToldAndEndsWithTwo() {
        assertEquals(2, run());
        wrong("There is no command 'deplpy'", "deplpy");
        wrong("FILE|S3-URI is missing.", "deploy");
        wrong("There is no option --bogus.", "deploy", "m", "--bogus");
        wrong("'n' is one word too many.", "deploy", "m", "n");
        wrong("Option --name needs a value: NAME.", "deploy", "m", "--name");
        wrong("Option --json takes no value.", "deploy", "m", "--json=yes");
        wrong(
                "'0' is no value for --max-concurrency: expected a whole number from 1 to 200.",
                "deploy",
                "m",
                "--max-concurrency=0");
        wrong(
                "expected one of 1024, 2048, 3072, 4096, 5120, 6144.",
                "deploy",
                "m",
                "--memory",
                "4");
    }

    private void wrong(String sentence, String... words) {
        assertEquals(2, run(words), sentence);
        assertTrue(err.toString().contains(sentence), err.toString());
        assertTrue(err.toString().contains("--help"), err.toString());
        assertEquals("", out.toString());
    }

    @Test
    void bashCompletesCommandsOptionsValuesAndEndpoints() throws Exception {
        assertEquals(0, run("completion"));
        Files.writeString(folder.resolve("completion"), out.toString());
        Path launcher =
                Files.writeString(folder.resolve("dormouse"), "#!/bin/sh\necho tree forest\n");
        assertTrue(launcher.toFile().setExecutable(true));

        assertEquals(Set.of("deploy", "delete", "demo"), completed("de"));
        assertEquals(Set.of("deploy"), completed("help", "dep"));
        assertEquals(Set.of("--max-concurrency", "--memory"), completed("deploy", "m.onnx", "--m"));
        assertEquals(Set.of("1024"), completed("deploy", "m.onnx", "--memory", "1"));
        assertEquals(Set.of("tree"), completed("invoke", "t"));
        assertTrue(completed("status", "--").contains("--help"));
    }

    /// By pressing Tab in a real zsh, where the machine has one.
    @Test
    void zshCompletesCommandsOptionsValuesAndEndpoints() throws Exception {
        assertEquals(0, run("completion"));
        Files.writeString(folder.resolve("completion"), out.toString());
        Path launcher =
                Files.writeString(
                        folder.resolve("dormouse"),
                        "#!/bin/sh\nif [ \"$1\" = endpoints ]; then echo tree forest; else echo \"given:\" \"$@\"; fi\n");
        assertTrue(launcher.toFile().setExecutable(true));
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, "zsh"))),
                "there is no zsh here");
        assertEquals("given: deploy m --memory 1024", typed("dep\tm --mem\t1\t"));
        assertEquals("given: invoke tree", typed("inv\tt\t"));
    }

    /// What the launcher is given when these keys are pressed after its name.
    private String typed(String keys) throws IOException, InterruptedException {
        String script =
                """
                zmodload zsh/zpty
                zpty shell zsh -f -i
                zpty -w shell 'source ./completion; echo "rea""dy"'
                zpty -r shell seen '*ready*'
                zpty -n -w shell $'./dormouse %s\\r'
                zpty -r shell seen $'*given:*\\r*'
                print -r -- "$seen"
                """
                        .formatted(keys.replace("\t", "\\t"));
        Path shown = folder.resolve("shown");
        Process zsh =
                new ProcessBuilder(List.of("zsh", "-f", "-c", script))
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(shown.toFile())
                        .start();
        boolean ended = zsh.waitFor(60, TimeUnit.SECONDS);
        zsh.descendants().forEach(ProcessHandle::destroyForcibly);
        zsh.destroyForcibly();
        String text = Files.readString(shown);
        assertTrue(ended, () -> "zsh completed nothing: " + text);
        return text.substring(text.lastIndexOf("given:")).lines().findFirst().orElse("").strip();
    }

    /// What bash offers when Tab is pressed after these words.
    private Set<String> completed(String... words) throws IOException, InterruptedException {
        String script =
                "source ./completion; COMP_WORDS=(./dormouse %s); COMP_CWORD=%d; _dormouse; printf '%%s\\n' \"${COMPREPLY[@]}\""
                        .formatted(String.join(" ", words), words.length);
        Process bash =
                new ProcessBuilder(List.of("bash", "-c", script))
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        String answer = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(bash.waitFor(10, TimeUnit.SECONDS));
        return answer.lines().filter(each -> !each.isEmpty()).collect(Collectors.toSet());
    }
}
