#!/usr/bin/env bash
# Maven org.jsmpp:jsmpp 3.0.0 beside com.fizzed:ch-smpp 5.0.9 (Cloudhopper), Java 17; seen on 27 November 2026.
#
# Guess:  a receipt whose dates have 14 digits (yyyyMMddHHmmss; some SMSCs write the year in full, where SMPP 3.4's appendix
#         has YYMMDDhhmm) is either understood or refused: 12 digits, with seconds, both libraries understand.
# Seen:   Cloudhopper reads it. jsmpp takes the first digits as year 20, month 26, day 11, lets each roll over into the next, and
#         tells of a message that was delivered on 12 February 2022, without an error. State and id are right, so nobody looks.
# For us: a receipt's own time is only believed when it lies between the sending and now; what is told by a gateway that is
#         built on this library is taken at the time at which it comes.
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
    <dependency><groupId>org.jsmpp</groupId><artifactId>jsmpp</artifactId><version>3.0.0</version></dependency>
    <dependency><groupId>com.fizzed</groupId><artifactId>ch-smpp</artifactId><version>5.0.9</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies >mvn.log 2>&1 || { tail -3 mvn.log; exit 1; }
cat >Look.java <<'JAVA'
import com.cloudhopper.smpp.util.DeliveryReceipt;
import java.text.SimpleDateFormat;
import org.joda.time.DateTimeZone;

public class Look {
    public static void main(String[] args) throws Exception {
        var utc = new SimpleDateFormat("yyyy-MM-dd HH:mm:ss");
        for (String date : new String[] {"2611271011", "261127101159", "20261127101159"}) {
            String text = "id:77 sub:001 dlvrd:001 submit date:" + date + " done date:" + date + " stat:DELIVRD err:000 text:hello";
            var one = new org.jsmpp.bean.DeliveryReceipt(text);
            var other = DeliveryReceipt.parseShortMessage(text, DateTimeZone.getDefault(), false);
            System.out.println(date + " jsmpp " + utc.format(one.getDoneDate()) + " " + one.getFinalStatus() + " | cloudhopper "
                + utc.format(other.getDoneDate().toDate()));
        }
    }
}
JAVA
seen=$(TZ=UTC java -cp 'target/dependency/*' Look.java 2>/dev/null)
wanted='2611271011 jsmpp 2026-11-27 10:11:00 DELIVRD | cloudhopper 2026-11-27 10:11:00
261127101159 jsmpp 2026-11-27 10:11:59 DELIVRD | cloudhopper 2026-11-27 10:11:59
20261127101159 jsmpp 2022-02-12 03:10:11 DELIVRD | cloudhopper 2026-11-27 10:11:59'
printf '%s\n' "$seen"
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
