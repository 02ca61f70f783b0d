#!/usr/bin/env bash
# PyPI pylightxl 1.61; the sheet is made with XlsxWriter 3.3.1, Python 3; seen on 29 November 2026.
#
# Guess:  a reader of .xlsx reads what the other writers of .xlsx write: a text may stand in Excel's table of strings or in its cell, and XlsxWriter
#         puts it into the cell when it saves memory (constant_memory), as other writers of long lists do.
# Seen:   pylightxl gives an empty text for each text that stands in its cell. Numbers are there, so of a long list the people
#         whose number was kept as a number are whole, and each other is a row of nothing; no error, no warning. The same list
#         written without constant_memory is right, and so it is once Excel has saved it.
# For us: rows without a number are rejects, and the count of these is what tells. A list of which most are "no number" has not lost its people:
#         it is to be saved once from a spreadsheet program.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q pylightxl==1.61 xlsxwriter==3.3.1
cat >look.py <<'PY'
import pylightxl
import xlsxwriter

for sparing in (False, True):
    book = xlsxwriter.Workbook("list.xlsx", {"constant_memory": sparing})
    sheet = book.add_worksheet("list")
    for row, cells in enumerate((("Ann", "07700900123"), ("Bob", 447700900124))):
        sheet.write_row(row, 0, cells)
    book.close()
    for row in pylightxl.readxl("list.xlsx").ws("list").rows:
        print(f"constant_memory={sparing}", row)
PY
seen=$(env/bin/python look.py)
printf '%s\n' "$seen"
[[ $seen == "constant_memory=False ['Ann', '07700900123']
constant_memory=False ['Bob', 447700900124]
constant_memory=True ['', '']
constant_memory=True ['', 447700900124]" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
