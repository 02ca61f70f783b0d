#!/usr/bin/env bash
# Maven org.quartz-scheduler:quartz 2.5.2, org.springframework:spring-context 6.2.10 and com.cronutils:cron-utils 9.2.1, Java 17; seen on 29 November 2026.
#
# Guess:  in the night on which London's clocks go back, 01:00 to 02:00 comes twice. A line of "every half hour" fires in both, and one of every day at 01:30
#         fires once, as the cron of a Linux does it. When they go forward, the one of 01:30, which does not exist, fires at the change.
# Seen:   cron-utils does both of the autumn. Quartz stands still: of "every half hour" nothing fires between 00:30 and the second 01:00, an hour and a
#         half. Spring fires the job of every day twice. And in spring all three leave the day out. No zone but one with the change in the
#         hour shows it, and no day but two of the year; nothing is logged.
# For us: what a Java program sends each half hour has a hole, or what it sends once goes twice, to everybody on the list. Jobs that must be
#         once have an id of their day (Muster's Idempotency-Key); it is best to keep them out of the hours from midnight to four.
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
    <dependency><groupId>org.quartz-scheduler</groupId><artifactId>quartz</artifactId><version>2.5.2</version></dependency>
    <dependency><groupId>org.springframework</groupId><artifactId>spring-context</artifactId><version>6.2.10</version></dependency>
    <dependency><groupId>com.cronutils</groupId><artifactId>cron-utils</artifactId><version>9.2.1</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies >mvn.log 2>&1 || { tail -3 mvn.log; exit 1; }
cat >Look.java <<'JAVA'
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.TimeZone;
import java.util.function.UnaryOperator;

public class Look {
    static final ZoneId LONDON = ZoneId.of("Europe/London");

    static void show(String name, UnaryOperator<ZonedDateTime> next, String from) {
        var moment = Instant.parse(from).atZone(LONDON);
        var line = new StringBuilder(name);
        for (int i = 0; i < 5; i++) {
            moment = next.apply(moment);
            line.append(moment.withZoneSameInstant(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern(", dd HH:mm")));
        }
        System.out.println(line);
    }

    public static void main(String[] args) throws Exception {
        var unix = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
        for (String[] one : new String[][] {{"0,30 * * * *", "2027-10-30T23:20:00Z"}, {"30 1 * * *", "2027-10-29T12:00:00Z"}, {"30 1 * * *", "2027-03-26T12:00:00Z"}}) {
            System.out.println(one[0] + " after " + one[1]);
            var quartz = new org.quartz.CronExpression("0 " + one[0].replaceFirst(".$", "?"));
            quartz.setTimeZone(TimeZone.getTimeZone(LONDON));
            show("quartz", at -> quartz.getNextValidTimeAfter(Date.from(at.toInstant())).toInstant().atZone(LONDON), one[1]);
            var spring = org.springframework.scheduling.support.CronExpression.parse("0 " + one[0]);
            show("spring", at -> spring.next(at), one[1]);
            var utils = ExecutionTime.forCron(unix.parse(one[0]));
            show("cron-utils", at -> utils.nextExecution(at).get(), one[1]);
        }
    }
}
JAVA
seen=$(java -cp 'target/dependency/*' Look.java 2>/dev/null)
printf 'in UTC:\n%s\n' "$seen"
[[ $seen == '0,30 * * * * after 2027-10-30T23:20:00Z
quartz, 30 23:30, 31 01:00, 31 01:30, 31 02:00, 31 02:30
spring, 30 23:30, 31 00:00, 31 00:30, 31 01:00, 31 01:30
cron-utils, 30 23:30, 31 00:00, 31 00:30, 31 01:00, 31 01:30
30 1 * * * after 2027-10-29T12:00:00Z
quartz, 30 00:30, 31 01:30, 01 01:30, 02 01:30, 03 01:30
spring, 30 00:30, 31 00:30, 31 01:30, 01 01:30, 02 01:30
cron-utils, 30 00:30, 31 00:30, 01 01:30, 02 01:30, 03 01:30
30 1 * * * after 2027-03-26T12:00:00Z
quartz, 27 01:30, 29 00:30, 30 00:30, 31 00:30, 01 00:30
spring, 27 01:30, 29 00:30, 30 00:30, 31 00:30, 01 00:30
cron-utils, 27 01:30, 29 00:30, 30 00:30, 31 00:30, 01 00:30' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
