#!/usr/bin/env bash
# PyPI polars 2.1.0 with fastexcel 0.21.0 (its reader of .xlsx); the sheet is made with openpyxl 3.1.5; seen on 28 November 2026.
#
# Guess:  a column of phone numbers in which one cell of 1,500 is a text ("+44 7700 900123", the others are numbers) becomes a column of texts,
#         or reading it is an error that names the cell.
# Seen:   only the first 100 rows decide what the column is. With the text among them all is well: every cell is a text, as typed. With the
#         text behind them the column is numbers, and the cell is empty: no error, no warning. The person is there with a name and without
#         a number. A small list, and the head of a big one, show nothing. infer_schema_length=None reads all of it, and so does
#         schema_overrides={"phone": pl.String}.
# For us: a list that went through it has people without a number, and those are the ones who were typed in by hand. They are rows
#         for the rejects ("no number"), and the count of these, next to the count of rows, is what tells.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q polars==2.1.0 fastexcel==0.21.0 openpyxl==3.1.5
cat >look.py <<'PY'
import openpyxl
import polars as pl

READERS = (("as it is", {}), ("told", {"schema_overrides": {"phone": pl.String}}), ("all rows", {"infer_schema_length": None}))
for row in (90, 110):
    book = openpyxl.Workbook()
    book.active.append(["name", "phone"])
    for i in range(1500):
        book.active.append([f"Ann {i}", "+44 7700 900123" if i == row else 447700900000 + i])
    book.save("list.xlsx")
    for name, how in READERS:
        phones = pl.read_excel("list.xlsx", **how)["phone"]
        print(f"text in row {row}, {name}: {phones.dtype} {phones[0]} {phones[row]} empty {phones.null_count()}")
PY
seen=$(env/bin/python -W always look.py 2>&1)
printf '%s\n' "$seen"
[[ $seen == "text in row 90, as it is: String 447700900000 +44 7700 900123 empty 0
text in row 90, told: String 447700900000 +44 7700 900123 empty 0
text in row 90, all rows: String 447700900000 +44 7700 900123 empty 0
text in row 110, as it is: Int64 447700900000 None empty 1
text in row 110, told: String 447700900000 +44 7700 900123 empty 0
text in row 110, all rows: String 447700900000 +44 7700 900123 empty 0" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
