package io.dormouse.metrics.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The examples of AWS's page, what others found on AWS itself, and what lies between.
class FilterPatternTest {
    private static final String TRAIL =
            """
            {"eventType": "UpdateTrail", "sourceIPAddress": "111.111.111.111", "arrayKey": ["value",
            "another value"], "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
            "SomeObject": null, "cluster.name": "c", "ThisFlag": true, "latency": 51.5, "status":
            "404", "int": 123, "float": 12.0, "sub-key": "x", "quote": "error \\"here\\""}
            """;

    private static final String USERS =
            """
            {"user": {"id": 1, "email": "John.Stiles@example.com"}, "users": [{"id": 2, "email":
            "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}], "actions": ["GET",
            "PUT", "DELETE"], "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]]}
            """;

    private static final String ACCESS =
            "127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534";

    private static boolean matches(String pattern, String line) {
        return FilterPattern.of(pattern).matches(line);
    }

    private static List<String> of(String pattern, String... lines) {
        FilterPattern read = FilterPattern.of(pattern);
        return List.of(lines).stream().filter(read::matches).toList();
    }

    @Test
    void termsAreFoundAnywhereAndCaseMatters() {
        String[] lines = {
            "[ERROR 400] BAD REQUEST",
            "[ERROR 419] MISSING ARGUMENTS",
            "Exiting with ERRORCODE: -1",
            "error",
            "[WARN] ARGUMENTS"
        };
        assertEquals(List.of(lines[0], lines[1], lines[2]), of("ERROR", lines));
        assertEquals(List.of(lines[1]), of("ERROR ARGUMENTS", lines));
        assertEquals(List.of(lines[0], lines[2]), of("ERROR -ARGUMENTS", lines));
        assertEquals(List.of(lines[0], lines[1]), of("\"ERROR\" - \"Exiting\"", lines));
        assertEquals(
                List.of(lines[0], lines[1], lines[2], lines[4]), of("?ERROR ?ARGUMENTS", lines));
        assertEquals(List.of(lines[0]), of("\"] BAD REQ\"", lines));
        assertEquals(List.of(lines), of("\" \"", lines));
        assertEquals(List.of(lines), of("", lines));
        // AWS: next to others, terms with ? are ignored.
        assertEquals(List.of(lines[0]), of("?nothing REQUEST", lines));
        assertTrue(matches("\"a \\\"quoted\\\" word\"", "has a \"quoted\" word"));
    }

    @Test
    void regularExpressionsAreThoseOfAwssPage() {
        String[] lines = {
            "hat", "a cat", "colour", "color", "ac", "abbbc", "aaaa", "[7]", "10.10.0.1"
        };
        assertEquals(List.of("hat"), of("%^[hc]at%", lines));
        assertEquals(List.of("hat", "a cat"), of("%[hc]at$%", lines));
        assertEquals(List.of("colour", "color"), of("%colou?r%", lines));
        assertEquals(List.of("ac", "abbbc"), of("%ab*c%", lines));
        assertEquals(List.of("abbbc"), of("%ab+c%", lines));
        assertEquals(List.of("aaaa"), of("%a{3,5}%", lines));
        assertEquals(List.of("aaaa"), of("%^a{4}$%", lines));
        assertEquals(List.of(), of("%^a{2,3}$%", lines));
        assertEquals(List.of("[7]"), of("%\\[.\\]%", lines));
        assertEquals(List.of("10.10.0.1"), of("%10\\.10\\.0\\.1%", lines));
        assertEquals(List.of("hat", "ac"), of("%^hat|^ac%", lines));
        assertEquals(List.of("[7]", "10.10.0.1"), of("%\\d\\D%", lines));
        assertEquals(List.of("a cat"), of("%\\s%", lines));
        assertEquals(List.of("[7]", "10.10.0.1"), of("%[^a-zA-Z_ ]%", lines));
        assertEquals(List.of("a:b", "a(b"), of("%a\\x3A|\\x28%", "a:b", "a(b", "ab"));
        assertEquals(List.of("grau"), of("%gr[^e]u%", "grau", "greu"));
        assertTrue(matches("%.at%", "\u00e4at"));
        assertTrue(matches("%a{2,}b%", "xaaaab"));
        assertFalse(matches("%^a{2,}b%", "ab"));
    }

    @Test
    void noExpressionTakesLong() {
        String line = "a".repeat(200_000);
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertFalse(matches("%a*a*a*a*a*a*a*a*a*a*a*a*b%", line)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ $.eventType = \"UpdateTrail\" }",
                "{$.eventType=UpdateTrail}",
                "{ $.eventType = \"*Trail\" && $.eventType = \"Update*\" && $.eventType = *dateT* }",
                "{ $.sourceIPAddress != 123.123.* }",
                "{ $.sourceIPAddress = 111.111.* }",
                "{ $.arrayKey[0] = \"value\" }",
                "{ $.arrayKey[*] = \"another value\" }",
                "{ $.objectList[1].id = 2 }",
                "{ $.objectList[*].name = b }",
                "{ $.eventType = %Trail% }",
                "{ $.arrayKey[*] = %val.{2}% }",
                "{ $.* = %111\\.111\\.111\\.1[0-9]{1,2}% }",
                "{ $.['cluster.name'] = \"c\" }",
                "{ $['cluster.name'] = \"c\" }",
                "{ $.SomeObject IS NULL }",
                "{ $.ThisFlag IS TRUE }",
                "{ $.SomeOtherObject NOT EXISTS }",
                "{ $.latency >= 51.5 && $.latency < 6e1 && $.latency > +5 && $.latency <= 51.5 }",
                "{ $.latency = * }",
                "{ $.status = 404 }",
                "{ $.status = 4* }",
                "{ $.status != 500 }",
                "{ $.int = \"123\" }",
                "{ $.int = 123.0 }",
                "{ $.int = 1* }",
                "{ $.float = 12 }",
                "{ $.sub-key = x }",
                "{ $.quote = \"error \\\"here\\\"\" }",
            })
    void conditionsOnJsonHold(String pattern) {
        assertTrue(matches(pattern, TRAIL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ $.eventType = \"Update\" }",
                "{ $.eventType = \"Update*rail\" }", // in the middle it is an asterisk
                "{ $.eventType != \"UpdateTrail\" }",
                "{ $.absent = \"x\" }",
                "{ $.absent != \"x\" }",
                "{ $.arrayKey = \"value\" }",
                "{ $.arrayKey != \"x\" }",
                "{ $.arrayKey[2] = * }",
                "{ $.SomeObject NOT EXISTS }",
                "{ $.absent IS NULL }",
                "{ $.ThisFlag IS FALSE }",
                "{ $.ThisFlag = \"true\" }",
                "{ $.status > 400 }", // a text is no number
                "{ $.int = \"123.0\" }",
                "{ $.int != 123 }",
                "{ $.eventType = %^Trail% }",
            })
    void conditionsOnJsonDoNotHold(String pattern) {
        assertFalse(matches(pattern, TRAIL));
    }

    @Test
    void conditionsAreJoinedInAwssOrder() {
        assertTrue(
                matches(
                        "{ ($.user.id = 1) && ($.users[0].email = \"John.Doe@example.com\") }",
                        USERS));
        assertFalse(
                matches(
                        "{ ($.user.id = 2 && $.users[0].email = \"nonmatch\") || $.actions[2] = \"GET\" }",
                        USERS));
        assertTrue(
                matches(
                        "{ $.user.email = \"John.Stiles@example.com\" || $.coordinates[0][1] = nonmatch"
                                + " && $.actions[2] = nomatch }",
                        USERS));
        assertFalse(
                matches(
                        "{ ($.user.email = \"John.Stiles@example.com\" || $.coordinates[0][1] = nonmatch)"
                                + " && $.actions[2] = nomatch }",
                        USERS));
        assertTrue(matches("{ $.coordinates[1][2] = 6 }", USERS));
        assertFalse(matches("{ $.user.id = 1 }", "INFO {\"user\": {\"id\": 1}}"));
        assertFalse(matches("{ $.user.id = 1 }", "{not json}"));
        assertFalse(matches("{ $.a = 1 }", "{\"a\": 1} behind"));
    }

    @Test
    void columnsAreNamedAndCompared() {
        assertTrue(
                matches(
                        "[ip=%127\\.0\\.0\\.[1-9]%, user, username, timestamp, request =*.html*,"
                                + " status_code = 4*, bytes]",
                        ACCESS));
        assertTrue(matches("[..., request =*.html*, status_code = 4*, bytes]", ACCESS));
        assertTrue(
                matches("[ip, user, ..., status_code = 404 || status_code = 410, bytes]", ACCESS));
        assertTrue(matches("[..., status_code = 4* && status_code != 403, bytes > 1000]", ACCESS));
        assertFalse(matches("[..., bytes > 1534]", ACCESS));
        assertFalse(matches("[a, b, c, d, e, f, g, h]", ACCESS));
        assertTrue(matches("[ip = 127.0.0.1, ...]", ACCESS));
        String[] words = {"INFO 09/25/2014 GET", "WARNING Invalid user", "ERROR Failed to process"};
        assertEquals(List.of(words[2]), of("[w1=ERROR, w2]", words));
        assertEquals(List.of(words[1], words[2]), of("[w1=ERROR || w1=WARNING, w2]", words));
        assertEquals(List.of(words[0]), of("[w1!=ERROR && w1!=WARNING, w2]", words));
        assertEquals(List.of(words[2]), of("[w1=\"ERROR\", w2=*process]", words));
    }

    @Test
    void whatMatchesIsExtracted() {
        Match columns =
                FilterPattern.of("[..., request=*.html*, status_code=4*,]")
                        .match(ACCESS)
                        .orElseThrow();
        assertEquals(
                new TreeMap<>(
                        Map.of(
                                "$1", "127.0.0.1",
                                "$2", "Prod",
                                "$3", "frank",
                                "$4", "10/Oct/2000:13:25:15 -0700",
                                "$request", "GET /index.html HTTP/1.0",
                                "$status_code", "404",
                                "$7", "1534")),
                new TreeMap<>(columns.extracted()));
        Match json =
                FilterPattern.of("{ $.latency > 5 && $.eventType = Up* }")
                        .match(TRAIL)
                        .orElseThrow();
        assertEquals(Map.of("$.latency", "51.5", "$.eventType", "UpdateTrail"), json.extracted());
        assertEquals(Map.of(), FilterPattern.of("a").match("a").orElseThrow().extracted());
    }

    private static String refusal(String pattern) {
        return assertThrows(InvalidPattern.class, () -> FilterPattern.of(pattern))
                .sentence("Invalid filter pattern");
    }

    @Test
    void whatIsNoPatternIsRefusedInAwssWords() {
        assertEquals("Invalid character(s) in term ':'", refusal("?Status: timeout"));
        assertEquals("Invalid character(s) in term '('", refusal("a (b)"));
        assertEquals("Invalid character(s) in term '$.\"'", refusal("{ $.\"sc-status\" = 5* }"));
        assertEquals("Invalid character(s) in term '\"some\"'", refusal("{ $.a >= \"some\" }"));
        assertEquals(
                "Invalid character(s) in term '...fields'", refusal("[...fields, status=FAILED]"));
        assertEquals("Invalid character(s) in term '!'", refusal("%something!%"));
        assertEquals(
                "If a filter pattern starts with '{' it must end with '}'", refusal("{ $.a = 1"));
        assertEquals("If a filter pattern starts with '[' it must end with ']'", refusal("[a, b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ }",
                "{ $.a }",
                "{ $ = 1 }",
                "{ a = 1 }",
                "{ $.a = }",
                "{ $.a == 1 }",
                "{ $.a = 1 & $.b = 2 }",
                "{ $.a = 1 && }",
                "{ ($.a = 1 }",
                "{ $.a = 1) }",
                "{ $.a IS NOT NULL }",
                "{ $.a EXISTS }",
                "{ $.a[x] = 1 }",
                "{ $.a[*].b[*] = 1 }",
                "{ $.a[*]=1 || $.b[*]=1 || $.c[*]=1 || $.d[*]=1 }",
                "{ $.a=%1% || $.b=%1% || $.c=%1% }",
                "[a, ..., b, ...]",
                "[a=1 && b=2]",
                "[a b]",
                "[a=]",
                "%a",
                "%a% b",
                "%a(b)%",
                "%*a%",
                "%a**%",
                "%[b-a]%",
                "%a{2,1}%",
                "%a{9999}%",
                "%[ab%",
                "%a^b%",
                "\"open",
            })
    void everythingElseIsRefused(String pattern) {
        refusal(pattern);
    }
}
