#!/usr/bin/env bash
# npm exceljs 4.4.0, Node 20; the sheets are made with PyPI openpyxl 3.1.5 and XlsxWriter 3.3.1, Python 3; seen on 29 November 2026.
#
# Guess:  exceljs' reader for big files (stream.xlsx.WorkbookReader) gives the cells that its other reader (xlsx.readFile) gives.
# Seen:   of a text in several pieces it gives the last. A number with a bold half that stands in its cell (openpyxl writes it so) is "900124" where
#         it was "+44 7700 900124"; where Excel's table of strings holds it, both readers give all of it. And a Japanese name with its reading
#         beside it, as Excel keeps what was typed on a Japanese keyboard, is its reading: 田中 is タナカ. Cells of one piece are right.
# For us: a list that a service made of an uploaded sheet has short numbers for those whom somebody had marked. Half a number is a row for the
#         rejects; a name in another script is seen by nobody before the text is sent, save in the sample of a check.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 >/dev/null 2>&1
python3 -m venv env
env/bin/pip install -q openpyxl==3.1.5 xlsxwriter==3.3.1
cat >make.py <<'PY'
import zipfile

import xlsxwriter
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

book = Workbook()
book.active.append(["Ann", "+44 7700 900123"])
book.active.append(["Bob", CellRichText("+44 7700 ", TextBlock(InlineFont(b=True), "900124"))])
book.save("openpyxl.xlsx")

book = xlsxwriter.Workbook("plain.xlsx")
sheet = book.add_worksheet()
sheet.write_row(0, 0, ["Cem"])
sheet.write_rich_string(0, 1, "+44 7700 ", book.add_format({"bold": True}), "900125")
sheet.write_row(1, 0, ["田中", "+44 7700 900126"])
book.close()
reading = '<t>田中</t><rPh sb="0" eb="2"><t>タナカ</t></rPh><phoneticPr fontId="0"/>'
for source, target in (("openpyxl.xlsx", "in_the_cell.xlsx"), ("plain.xlsx", "in_the_table.xlsx")):
    with zipfile.ZipFile(source) as plain, zipfile.ZipFile(target, "w") as made:
        for name in sorted(plain.namelist(), key=lambda name: "worksheets" in name):  # the sheets last, as Excel has them
            made.writestr(name, plain.read(name).decode().replace("<t>田中</t>", reading))
PY
env/bin/python make.py
cat >look.mjs <<'JS'
import excel from 'exceljs';
const text = (value) => (value?.richText ? value.richText.map((piece) => piece.text).join('') : String(value));
const say = (reader, row) => console.log(reader, ...row.values.slice(1).map(text));
for (const file of ['in_the_cell.xlsx', 'in_the_table.xlsx']) {
  const book = new excel.Workbook();
  await book.xlsx.readFile(file);
  book.worksheets[0].eachRow((row) => say('readFile', row));
  for await (const sheet of new excel.stream.xlsx.WorkbookReader(file, {})) for await (const row of sheet) say('stream', row);
}
JS
seen=$(node look.mjs)
printf '%s\n' "$seen"
[[ $seen == 'readFile Ann +44 7700 900123
readFile Bob +44 7700 900124
stream Ann +44 7700 900123
stream Bob 900124
readFile Cem +44 7700 900125
readFile 田中 +44 7700 900126
stream Cem +44 7700 900125
stream タナカ +44 7700 900126' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
