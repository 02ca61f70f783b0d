#!/usr/bin/env bash
# Maven org.apache.poi:poi-ooxml 5.4.1, Java 17; the sheet is made by it, too; seen on 28 November 2026.
#
# Guess:  DataFormatter gives a number as Excel shows it: with the format 0000-000-000 the cell 7700900123 is 7700-900-123, and with
#         +00 0000 000000 the cell 447700900123 is +44 7700 900123.
# Seen:   when a number has more digits than the format has before its first dash or blank, the surplus is not put in front of the first digit but the
#         separators move back: 7700-900123- with a dash at its end, and +447700 900123. Five pairs for a French number (00 00 00 00 00) leave all
#         four blanks behind the digits. No digit is lost or moved. Excel's own format for American numbers is right ((202) 555-0123).
# For us: a list that a Java program made "as shown" has numbers that end in dashes and blanks. They are read here: what is no digit behind the
#         last digit is no part of a number (tests/unit/test_phone_cell.c). A check that compares the places of the dashes would refuse whole columns.
#
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
    <dependency><groupId>org.apache.poi</groupId><artifactId>poi-ooxml</artifactId><version>5.4.1</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies >mvn.log 2>&1 || { tail -3 mvn.log; exit 1; }
cat >Look.java <<'JAVA'
import org.apache.poi.ss.usermodel.DataFormatter;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;

public class Look {
    public static void main(String[] args) throws Exception {
        var book = new XSSFWorkbook();
        var cell = book.createSheet().createRow(0).createCell(0);
        Object[][] cells = {{"0000-000-000", 7700900123d}, {"\\+00\\ 0000\\ 000000", 447700900123d}, {"00\\ 00\\ 00\\ 00\\ 00", 199001234d},
            {"[<=9999999]###-####;(###) ###-####", 2025550123d}, {"00000000000", 7700900123d}};
        for (Object[] one : cells) {
            var style = book.createCellStyle();
            style.setDataFormat(book.createDataFormat().getFormat((String) one[0]));
            cell.setCellStyle(style);
            cell.setCellValue((Double) one[1]);
            System.out.println(one[0] + " {" + new DataFormatter().formatCellValue(cell) + "}");
        }
    }
}
JAVA
seen=$(java -cp 'target/dependency/*' Look.java 2>/dev/null | grep '{')
printf '%s\n' "$seen"
[[ $seen == '0000-000-000 {7700-900123-}
\+00\ 0000\ 000000 {+447700 900123}
00\ 00\ 00\ 00\ 00 {0199001234    }
[<=9999999]###-####;(###) ###-#### {(202) 555-0123}
00000000000 {07700900123}' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
