package io.dormouse.timing;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// AWS's cron expressions: minutes, hours, day of month, month, day of week (1 is Sunday), year;
/// with `, - * /` everywhere, `?` in one of the days, `L` and `W` in the days of the month, `L` and
/// `#` in those of the week.
///
/// @param days whether it is a day of them, by both of its fields
public record Cron(
        BitSet minutes, BitSet hours, BitSet months, BitSet years, Predicate<LocalDate> days) {
    private static final int YEAR_MIN = 1970;
    private static final int YEAR_MAX = 2199;
    private static final List<String> MONTHS =
            List.of(
                    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV",
                    "DEC");
    private static final List<String> DAYS =
            List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
    private static final Pattern RANGE =
            Pattern.compile("(\\*|\\w+)(?:-(\\w+))?(?:/(\\d{1,4}))?", Pattern.CASE_INSENSITIVE);
    private static final Pattern NEAREST = Pattern.compile("(\\d{1,2})W");
    private static final Pattern LAST = Pattern.compile("(\\w+)L");
    private static final Pattern NTH = Pattern.compile("(\\w+)#([1-5])");

    /// Reads the six fields.
    ///
    /// @throws IllegalArgumentException naming the field that is wrong
    public static Cron parse(String text) {
        String[] fields = text.strip().toUpperCase(Locale.ROOT).split("\\s+", -1);
        if (fields.length != 6) {
            throw wrong(
                    text,
                    "it has "
                            + fields.length
                            + " fields, not the six minutes, hours, day of month, month, day of"
                            + " week, year");
        }
        if (fields[2].equals("?") == fields[4].equals("?")) {
            throw wrong(text, "one of day of month and day of week must be ?, and only one");
        }
        Predicate<LocalDate> ofMonth = any(fields[2], Cron::dayOfMonth);
        return new Cron(
                values("minutes", fields[0], 0, 59, List.of()),
                values("hours", fields[1], 0, 23, List.of()),
                values("month", fields[3], 1, 12, MONTHS),
                values("year", fields[5], YEAR_MIN, YEAR_MAX, List.of()),
                ofMonth.and(any(fields[4], Cron::dayOfWeek)));
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("cron(" + text + ") is no cron expression: " + why);
    }

    private static IllegalArgumentException wrong(String name, String part, String expected) {
        return new IllegalArgumentException(
                "\"" + part + "\" is no " + name + " of a cron expression: expected " + expected);
    }

    /// A date is one of several, separated by commas.
    private static Predicate<LocalDate> any(
            String field, java.util.function.Function<String, Predicate<LocalDate>> one) {
        List<Predicate<LocalDate>> all = new ArrayList<>();
        for (String part : field.split(",", -1)) {
            all.add(one.apply(part));
        }
        return date -> all.stream().anyMatch(each -> each.test(date));
    }

    private static Predicate<LocalDate> dayOfMonth(String part) {
        Matcher nearest = NEAREST.matcher(part);
        if (part.equals("?")) {
            return _ -> true;
        } else if (part.equals("L")) {
            return date -> date.getDayOfMonth() == date.lengthOfMonth();
        } else if (part.equals("LW")) {
            return date -> date.equals(weekday(date, date.lengthOfMonth()));
        } else if (nearest.matches()) {
            int day = number("day of month", nearest.group(1), 1, 31, List.of());
            return date -> day <= date.lengthOfMonth() && date.equals(weekday(date, day));
        }
        BitSet days = values("day of month", part, 1, 31, List.of());
        return date -> days.get(date.getDayOfMonth());
    }

    /// The working day nearest to a day, in the same month.
    private static LocalDate weekday(LocalDate month, int day) {
        LocalDate wanted = month.withDayOfMonth(day);
        if (wanted.getDayOfWeek() == DayOfWeek.SATURDAY) {
            return day == 1 ? wanted.plusDays(2) : wanted.minusDays(1);
        } else if (wanted.getDayOfWeek() == DayOfWeek.SUNDAY) {
            return day == wanted.lengthOfMonth() ? wanted.minusDays(2) : wanted.plusDays(1);
        }
        return wanted;
    }

    private static Predicate<LocalDate> dayOfWeek(String part) {
        Matcher nth = NTH.matcher(part);
        Matcher last = LAST.matcher(part);
        if (part.equals("?")) {
            return _ -> true;
        } else if (part.equals("L")) {
            return date -> date.getDayOfWeek() == DayOfWeek.SATURDAY;
        } else if (nth.matches()) {
            DayOfWeek day = day(number("day of week", nth.group(1), 1, 7, DAYS));
            int week = Integer.parseInt(nth.group(2));
            return date -> date.getDayOfWeek() == day && (date.getDayOfMonth() + 6) / 7 == week;
        } else if (last.matches()) {
            DayOfWeek day = day(number("day of week", last.group(1), 1, 7, DAYS));
            return date -> date.equals(date.with(TemporalAdjusters.lastInMonth(day)));
        }
        BitSet days = values("day of week", part, 1, 7, DAYS);
        return date -> days.get(date.getDayOfWeek().getValue() % 7 + 1);
    }

    /// @param number 1 is Sunday
    private static DayOfWeek day(int number) {
        return DayOfWeek.SUNDAY.plus(number - 1L);
    }

    private static BitSet values(String name, String field, int min, int max, List<String> names) {
        BitSet values = new BitSet(max + 1);
        for (String part : field.split(",", -1)) {
            Matcher range = RANGE.matcher(part);
            if (!range.matches()) {
                throw wrong(name, part, "such as 5, 1-5, */15 or *");
            }
            boolean all = range.group(1).equals("*");
            int from = all ? min : number(name, range.group(1), min, max, names);
            int step = range.group(3) == null ? 1 : Integer.parseInt(range.group(3));
            int to = from;
            if (range.group(2) != null) {
                to = number(name, range.group(2), min, max, names);
            } else if (all || range.group(3) != null) {
                to = max;
            }
            if (step == 0 || to < from) {
                throw wrong(name, part, "a range upwards in steps of at least 1");
            }
            for (int value = from; value <= to; value += step) {
                values.set(value);
            }
        }
        return values;
    }

    private static int number(String name, String text, int min, int max, List<String> names) {
        int named = names.indexOf(text);
        if (named >= 0) {
            return named + 1;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number that is out of range.
        }
        throw wrong(name, text, "a number from " + min + " to " + max);
    }

    /// The first time after that; empty where its years are over.
    public Optional<Instant> next(Instant after, ZoneId zone) {
        ZonedDateTime from = after.atZone(zone).truncatedTo(ChronoUnit.MINUTES);
        LocalDate date = from.toLocalDate();
        while (date.getYear() <= YEAR_MAX) {
            if (!years.get(date.getYear())) {
                date = date.withDayOfYear(1).plusYears(1);
                continue;
            }
            if (months.get(date.getMonthValue()) && days.test(date)) {
                Optional<Instant> found = on(date, after, zone);
                if (found.isPresent()) {
                    return found;
                }
            }
            date = date.plusDays(1);
        }
        return Optional.empty();
    }

    private Optional<Instant> on(LocalDate date, Instant after, ZoneId zone) {
        for (int hour = hours.nextSetBit(0); hour >= 0; hour = hours.nextSetBit(hour + 1)) {
            for (int at = minutes.nextSetBit(0); at >= 0; at = minutes.nextSetBit(at + 1)) {
                Instant time = date.atTime(LocalTime.of(hour, at)).atZone(zone).toInstant();
                if (time.isAfter(after)) {
                    return Optional.of(time);
                }
            }
        }
        return Optional.empty();
    }
}
