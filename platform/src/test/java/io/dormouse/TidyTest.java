package io.dormouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Limits that keep a file readable: a method fits a screen, a file fits a sitting.
class TidyTest {
    private static final int METHOD_LINES_MAX = 60;
    private static final int FILE_LINES_MAX = 500;

    /// A changed copy of a library's class keeps that library's shape, so that the change shows.
    private static final String FOREIGN = "ai/onnxruntime";

    @Test
    void methodsFitAScreenAndFilesASitting() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("platform", "modelserver", "trainer", "clients")) {
            try (Stream<Path> walk = Files.walk(Path.of("..", module, "src/main/java"))) {
                walk.filter(path -> path.toString().endsWith(".java"))
                        .filter(path -> !path.toString().contains(FOREIGN))
                        .forEach(sources::add);
            }
        }
        assertFalse(sources.isEmpty());
        assertEquals(List.of(), untidy(sources));
    }

    private static List<String> untidy(List<Path> sources) throws IOException {
        List<String> untidy = new ArrayList<>();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var units = files.getJavaFileObjectsFromPaths(sources);
            List<String> options = List.of("--release", "25");
            var task = (JavacTask) compiler.getTask(null, files, null, options, null, units);
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                String name = unit.getSourceFile().getName();
                long lines = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, unit));
                if (lines > FILE_LINES_MAX) {
                    untidy.add(name + ": " + lines + " lines");
                }
                new LongMethods(unit, positions, untidy).scan(unit, null);
            }
        }
        return untidy;
    }

    private static final class LongMethods extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> untidy;

        LongMethods(CompilationUnitTree unit, SourcePositions positions, List<String> untidy) {
            this.unit = unit;
            this.positions = positions;
            this.untidy = untidy;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
            var map = unit.getLineMap();
            long start = map.getLineNumber(positions.getStartPosition(unit, method));
            long end = map.getLineNumber(positions.getEndPosition(unit, method));
            if (end - start + 1 > METHOD_LINES_MAX) {
                untidy.add(
                        unit.getSourceFile().getName()
                                + "#"
                                + method.getName()
                                + ": "
                                + (end - start + 1));
            }
            return super.visitMethod(method, null);
        }
    }
}
