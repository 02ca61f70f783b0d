#!/usr/bin/env bash
# npm vcf 2.1.2 and vcard-parser 1.0.0, Node 20; seen on 29 November 2026.
#
# Guess:  the contacts that an Android phone writes (vCard 2.1: names with other than ASCII letters in quoted-printable) come with the names that
#         the phone shows, since `vcf` knows the versions 2.1, 3.0 and 4.0 by name; a comma in a name, which all versions 3.0 and 4.0 write
#         with a backslash, comes without it.
# Seen:   Ayşe is "Ay=C5=9Fe" to both, who hand on the encoding as a parameter and leave the rest to the program; a long name, which goes on
#         in a second line, loses that line. `vcf` keeps the backslashes of 3.0 as well: "Smith\, Bob". The numbers are right, and so are names of
#         ASCII letters, so a test with one's own contacts in English shows nothing.
# For us: a list that was made of a phone's contacts by such a script greets some people with "Dear Ay=C5=9Fe", and they are those with other
#         than English names. The sample that `check` shows has to be one of the whole list; names with "=C3" or "=C5" in them are what to look for.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund vcf@2.1.2 vcard-parser@1.0.0 >/dev/null
cat >look.js <<'JS'
const card = (version, ...lines) => ['BEGIN:VCARD', `VERSION:${version}`, ...lines, 'END:VCARD', ''].join('\r\n');
const cards = [
  card('2.1', 'FN:Ann', 'TEL;CELL:+447700900123'),
  card('2.1', 'FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Ay=C5=9Fe', 'TEL;CELL:+447700900124'),
  card('2.1', 'FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=87a=C4=9Fda=C5=9F=20=', '=C3=96zg=C3=BCr', 'TEL;CELL:+447700900125'),
  card('3.0', 'FN:Smith\\, Bob', 'TEL;TYPE=CELL:+447700900126'),
];
const vcf = require('vcf');
const parser = require('vcard-parser');
for (const text of cards) {
  const [one] = vcf.parse(text);
  const other = parser.parse(text);
  console.log(one.get('tel').valueOf(), 'vcf', one.get('fn').valueOf(), '| vcard-parser', other.tel[0].value, other.fn[0].value);
}
JS
seen=$(node look.js)
printf '%s\n' "$seen"
[[ $seen == '+447700900123 vcf Ann | vcard-parser +447700900123 Ann
+447700900124 vcf Ay=C5=9Fe | vcard-parser +447700900124 Ay=C5=9Fe
+447700900125 vcf =C3=87a=C4=9Fda=C5=9F=20= | vcard-parser +447700900125 =C3=87a=C4=9Fda=C5=9F=20=
+447700900126 vcf Smith\, Bob | vcard-parser +447700900126 Smith, Bob' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
