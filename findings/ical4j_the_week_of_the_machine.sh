#!/usr/bin/env bash
# Maven org.mnode.ical4j:ical4j 4.1.1, Java 17; seen on 29 November 2026.
#
# Guess:  a rule of a calendar gives the same dates on each machine. "Tuesday and Sunday of every second week" from Tuesday, 5 January 2027, is the 5th and the
#         10th, for weeks begin on Monday unless the rule says otherwise with WKST (RFC 5545).
# Seen:   the week begins as the machine's language has it. With Java's locale en_GB or de_DE it is the 10th; with en_US, pt_BR, or none at all
#         (LC_ALL=C, as in most containers) it is the 17th, and so on: each Sunday is in the other week. VEvent.calculateRecurrenceSet and Recur alike. The
#         same calendar and the same jar, and nothing in either that tells. A WKST=MO that is written out is right everywhere, but few programs write it,
#         since it is what goes without saying.
# For us: a script that plans texts out of a calendar tells people another Sunday on the server than on the desk where it was tried. Muster's "2 weeks sun"
#         counts from the first date, so there is no week to begin.
set -euo pipefail
command -v mvn >/dev/null || { echo "needs Debian's package maven"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>look</groupId><artifactId>look</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.mnode.ical4j</groupId><artifactId>ical4j</artifactId><version>4.1.1</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies >mvn.log 2>&1 || { tail -3 mvn.log; exit 1; }
cat >Look.java <<'JAVA'
import java.io.StringReader;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import net.fortuna.ical4j.data.CalendarBuilder;
import net.fortuna.ical4j.model.Period;
import net.fortuna.ical4j.model.component.VEvent;

public class Look {
    public static void main(String[] args) throws Exception {
        var london = ZoneId.of("Europe/London");
        var january = new Period<ZonedDateTime>(LocalDate.of(2027, 1, 1).atStartOfDay(london), LocalDate.of(2027, 2, 1).atStartOfDay(london));
        for (String wkst : new String[] {"", ";WKST=MO"}) {
            var text = String.join("\r\n", "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//look//EN", "BEGIN:VEVENT", "UID:1", "DTSTAMP:20270101T000000Z",
                "DTSTART;TZID=Europe/London:20270105T090000", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU" + wkst, "END:VEVENT", "END:VCALENDAR", "");
            var event = (VEvent) new CalendarBuilder().build(new StringReader(text)).getComponents("VEVENT").get(0);
            var line = new StringBuilder(args[0] + wkst + ":");
            for (Object one : event.calculateRecurrenceSet(january)) {
                line.append(' ').append(one.toString(), 6, 8);
            }
            System.out.println(line);
        }
    }
}
JAVA
javac -cp 'target/dependency/*' Look.java
look() { java "${@:2}" -cp '.:target/dependency/*' Look "$1" 2>/dev/null; }
seen=$(look en_GB -Duser.language=en -Duser.country=GB
    look de_DE -Duser.language=de -Duser.country=DE
    look en_US -Duser.language=en -Duser.country=US
    look pt_BR -Duser.language=pt -Duser.country=BR
    LC_ALL=C look C)
printf '%s\n' "$seen"
[[ $seen == 'en_GB: 05 10 19 24
en_GB;WKST=MO: 05 10 19 24
de_DE: 05 10 19 24
de_DE;WKST=MO: 05 10 19 24
en_US: 05 17 19 31
en_US;WKST=MO: 05 10 19 24
pt_BR: 05 17 19 31
pt_BR;WKST=MO: 05 10 19 24
C: 05 17 19 31
C;WKST=MO: 05 10 19 24' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
