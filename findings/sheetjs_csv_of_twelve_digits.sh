#!/usr/bin/env bash
# npm xlsx 0.18.5 (SheetJS), Node 20; the sheet is made by it, too; seen on 28 November 2026.
#
# Guess:  sheet_to_csv writes 447700900123, a number without a format of its own, with all of its twelve digits: the cell holds them, and a
#         CSV has no columns that are too narrow.
# Seen:   it writes 4.47701E+11, as the sheet looks on a screen, and six of the digits are gone for good: every British mobile with its country's code is
#         one and the same "number". Eleven digits (a national number without its zero, +1, +33, +45) come out whole, so an American
#         test shows nothing. sheet_to_json with raw: false does the same; with its defaults it gives the number, and so
#         does sheet_to_csv with rawNumbers: true.
# For us: LibreOffice and pandas write the digits of the same file (Gnumeric as shown does not). "4.47701E+11" is a row for the rejects
#         that says "rounded", and is never made up to twelve digits with zeros.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null
cat >look.js <<'JS'
const { utils, read, write } = require('xlsx');
const book = utils.book_new();
utils.book_append_sheet(book, utils.aoa_to_sheet([['phone'], [447700900123], [447700900999], [33199001234], [12025550123], [7700900123]]), 'list');
const sheet = read(write(book, { type: 'buffer', bookType: 'xlsx' })).Sheets.list;
const line = (text) => text.trim().split('\n').join(' ');
console.log('csv', line(utils.sheet_to_csv(sheet)));
console.log('csv raw', line(utils.sheet_to_csv(sheet, { rawNumbers: true })));
for (const raw of [false, true]) console.log('json raw', raw, ...utils.sheet_to_json(sheet, { raw }).map(({ phone }) => phone));
JS
seen=$(node look.js)
printf '%s\n' "$seen"
[[ $seen == "csv phone 4.47701E+11 4.47701E+11 33199001234 12025550123 7700900123
csv raw phone 447700900123 447700900999 33199001234 12025550123 7700900123
json raw false 4.47701E+11 4.47701E+11 33199001234 12025550123 7700900123
json raw true 447700900123 447700900999 33199001234 12025550123 7700900123" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
