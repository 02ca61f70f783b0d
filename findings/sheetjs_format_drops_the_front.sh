#!/usr/bin/env bash
# npm xlsx 0.18.5 (SheetJS), Node 20; the sheet is made by it, too; seen on 29 November 2026.
#
# Guess:  where the text of a cell is asked for, a number that has more digits than its format has places shows them in front, as it does on the
#         screen: 447700900123 in Excel's own format for American numbers is (44770) 090-0123.
# Seen:   the digits in front are left out: it is (770) 090-0123, a number of ten digits that looks American and is nobody's in the list. So do
#         sheet_to_csv and sheet_to_json with raw: false, for each format of two or three groups with dashes (000-000-0000, 000-0000, 0###-######),
#         and +1 202 555 0123 loses its 1. Formats with blanks between the groups ("00 00 00 00 00", "+00 0000 000000") keep all, and so does
#         a number that fits, so a sheet of home numbers shows nothing.
# For us: a column that was formatted for the numbers of one country and has some of another one's in it comes out as valid numbers of
#         the wrong people. Such a list is to be saved with the numbers themselves (raw: true, rawNumbers: true), and a dash is no sign of a right one.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null
cat >look.js <<'JS'
const xlsx = require('xlsx');
const american = '[<=9999999]###-####;(###) ###-####';
const cells = [
  [2025550123, american], [12025550123, american], [447700900123, american], [447700900123, '000-000-0000'], [7700900123, '000-0000'],
  [447700900123, '0###-######'], [447700900123, '00 00 00 00 00'], [447700900123, '+00 0000 000000'],
];
const made = xlsx.utils.aoa_to_sheet(cells.map(([number]) => [number]));
cells.forEach(([, format], row) => { made[`A${row + 1}`].z = format; });
const book = xlsx.utils.book_new();
xlsx.utils.book_append_sheet(book, made, 'list');
xlsx.writeFile(book, 'list.xlsx');
const sheet = xlsx.readFile('list.xlsx').Sheets.list;
const csv = xlsx.utils.sheet_to_csv(sheet).trimEnd().split('\n');
const shown = xlsx.utils.sheet_to_json(sheet, { header: 1, raw: false });
cells.forEach(([number, format], row) => console.log(number, format, '|', csv[row] === shown[row][0] ? csv[row] : 'two answers'));
JS
seen=$(node look.js)
printf '%s\n' "$seen"
[[ $seen == '2025550123 [<=9999999]###-####;(###) ###-#### | (202) 555-0123
12025550123 [<=9999999]###-####;(###) ###-#### | (202) 555-0123
447700900123 [<=9999999]###-####;(###) ###-#### | (770) 090-0123
447700900123 000-000-0000 | 770-090-0123
7700900123 000-0000 | 090-0123
447700900123 0###-###### | 7700-900123
447700900123 00 00 00 00 00 | 4477 00 90 01 23
447700900123 +00 0000 000000 | +44 7700 900123' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
