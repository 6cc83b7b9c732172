package io.dormouse;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Holds the code to the table in ARCHITECTURE.md: the page is the rule.
class ArchitectureTest {
    private static final String ROOT = "io.dormouse";

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPath(Path.of("target/classes"));

    /// The rows of the table under "Rooms": the room, and what it may depend on.
    private static Map<String, Set<String>> rooms() throws IOException {
        Map<String, Set<String>> rooms = new TreeMap<>();
        boolean inTable = false;
        for (String line : Files.readAllLines(Path.of("../ARCHITECTURE.md"))) {
            inTable = line.startsWith("## ") ? line.startsWith("## Rooms") : inTable;
            if (inTable && line.startsWith("| `")) {
                String[] cells = line.split("\\|", -1);
                rooms.put(cells[1].strip().replace("`", ""), names(cells[3]));
            }
        }
        assertFalse(rooms.isEmpty(), "no table of rooms");
        return rooms;
    }

    private static Set<String> names(String cell) {
        return Arrays.stream(cell.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyRoomIsOnThePageAndEveryRowHasARoom() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("src/main/java/io/dormouse"))) {
            Set<String> onDisk =
                    folders.filter(Files::isDirectory)
                            .map(folder -> folder.getFileName().toString())
                            .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(rooms().keySet(), onDisk);
        }
    }

    @TestFactory
    Stream<DynamicTest> roomDependsOnlyOnWhatThePageSays() throws IOException {
        Map<String, Set<String>> rooms = rooms();
        return rooms.entrySet().stream()
                .filter(room -> !room.getValue().contains("everything"))
                .map(room ->
                        dynamicTest(
                                room.getKey(), () -> check(rooms, room.getKey(), room.getValue())));
    }

    private static void check(Map<String, Set<String>> rooms, String room, Set<String> allowed) {
        String[] forbidden =
                rooms.keySet().stream()
                        .filter(other -> !other.equals(room) && !allowed.contains(other))
                        .map(other -> ROOT + "." + other + "..")
                        .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(ROOT + "." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void noCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> unmarked =
                CLASSES.getPackage(ROOT).getSubpackagesInTree().stream()
                        // Those of other modules are known by name alone.
                        .filter(each ->
                                each.getClasses().stream().anyMatch(JavaClass::isFullyImported))
                        .filter(each -> !each.isAnnotatedWith(NullMarked.class))
                        .map(JavaPackage::getName)
                        .toList();
        assertEquals(List.of(), unmarked);
    }

    @Test
    void launchersAreStrangersToAllButTheCompositionRoot() {
        slices().matching(ROOT + ".worker.(*)..")
                .should()
                .notDependOnEachOther()
                // What they have in common.
                .ignoreDependency(
                        resideInAPackage(ROOT + ".worker.."),
                        resideInAPackage(ROOT + ".worker.instance.."))
                .allowEmptyShould(true)
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".app..", ROOT + ".worker.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".worker.*..")
                .check(CLASSES);
    }

    @Test
    void timeComesFromTheOutside() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".app..", ROOT + ".cli..")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CLASSES);
    }

    @Test
    void librariesStayInTheirRoom() {
        only("wire", "org.eclipse.jetty..");
        only("store", "java.sql..");
        only("pattern", "software.amazon.event.ruler..");
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".worker..", ROOT + ".cli..", ROOT + ".app..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .check(CLASSES);
    }

    private static void only(String room, String library) {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "." + room + "..", ROOT + ".app..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }

    @Test
    void namesSayWhatAThingIs() {
        classes()
                .should()
                .haveNameNotMatching(".*(Manager|Helper|Utils?|Impl|Misc|Common)")
                .check(CLASSES);
    }
}
