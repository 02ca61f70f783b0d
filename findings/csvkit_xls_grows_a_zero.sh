#!/usr/bin/env bash
# PyPI csvkit 2.2.0 (in2csv), tablib 3.10.0 and petl 1.7.30 beside pyexcel 0.7.6 with its -xls 0.7.1, -xlsx 0.6.1 and -ods3 0.6.1; the lists are made
# with openpyxl 3.1.5, xlwt 1.3.0 and odfpy 1.4.1, read by phonenumbers 9.0.33, Python 3; seen on 29 November 2026.
#
# Guess:  a list of phone numbers, kept as numbers, is the same CSV whether it was saved as .xlsx, as .xls (what an old Excel writes) or as .ods.
# Seen:   out of .xlsx all write 447700900123. Out of .xls in2csv, tablib and petl write 447700900123.0, in2csv with -I (no guessing) as well, and
#         tablib out of .ods, too. A library of phone numbers passes over the dot as over a blank: an Austrian, Italian, Finnish or Indonesian
#         mobile, whose lengths differ, is another number then, one zero longer, and valid; a British one is refused. pyexcel writes all alike.
# For us: Muster takes ".0" off a cell that is a number otherwise (phone_cell.c). What was cleaned by another program before it came here has people
#         in it whom nobody meant: numbers that end in a zero more often than one in ten are a sign.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q csvkit==2.2.0 'tablib[xls,xlsx,ods]==3.10.0' petl==1.7.30 pyexcel==0.7.6 pyexcel-xls==0.7.1 pyexcel-xlsx==0.6.1 pyexcel-ods3==0.6.1 \
    openpyxl==3.1.5 xlrd==2.0.2 xlwt==1.3.0 odfpy==1.4.1 phonenumbers==9.0.33
cat >make.py <<'PY'
import openpyxl
import xlwt
from odf import opendocument, table, text

NUMBERS = (436641234567, 393401234567, 358401234567, 6281234567890, 447700900123)
book = openpyxl.Workbook()
old = xlwt.Workbook()
sheet = old.add_sheet("list")
open_document = opendocument.OpenDocumentSpreadsheet()
rows = table.Table(name="list")
open_document.spreadsheet.addElement(rows)
for at, value in enumerate(("phone", *NUMBERS)):
    book.active.append([value])
    sheet.write(at, 0, value)
    number = isinstance(value, int)
    cell = table.TableCell(valuetype="float", value=str(value)) if number else table.TableCell(valuetype="string")
    cell.addElement(text.P(text=str(value)))
    row = table.TableRow()
    row.addElement(cell)
    rows.addElement(row)
book.save("list.xlsx")
old.save("list.xls")
open_document.save("list.ods")
PY
cat >read.py <<'PY'
import sys

import petl
import pyexcel
import tablib

tool, kind = sys.argv[1:]
name = "list." + kind
if tool == "tablib":
    with open(name, "rb") as cells:
        print(tablib.Dataset().load(cells.read(), kind).export("csv"), end="")
elif tool == "petl":
    petl.tocsv({"xlsx": petl.fromxlsx, "xls": petl.fromxls}[kind](name))
else:
    pyexcel.save_as(file_name=name, dest_file_name="out.csv")
    print(open("out.csv").read(), end="")
PY
cat >dial.py <<'PY'
import sys

import phonenumbers as p

for cell in sys.argv[1:]:
    n = p.parse("+" + cell)
    print(cell, p.format_number(n, p.PhoneNumberFormat.E164), "valid" if p.is_valid_number(n) else "refused")
PY
env/bin/python make.py
whole='436641234567 393401234567 358401234567 6281234567890 447700900123'
longer='436641234567.0 393401234567.0 358401234567.0 6281234567890.0 447700900123.0'
cells() { tail -n +2 | tr -d '\r' | xargs; } # all but the title, in one line
seen=$(
    for kind in xlsx xls; do
        echo "in2csv $kind: $(env/bin/in2csv "list.$kind" | cells)"
        echo "in2csv -I $kind: $(env/bin/in2csv -I "list.$kind" | cells)"
    done
    for what in tablib:{xlsx,xls,ods} petl:{xlsx,xls} pyexcel:{xlsx,xls,ods}; do
        echo "${what/:/ }: $(env/bin/python read.py "${what%:*}" "${what#*:}" | cells)"
    done
    env/bin/python dial.py $longer
)
printf '%s\n' "$seen"
[[ $seen == "in2csv xlsx: $whole
in2csv -I xlsx: $whole
in2csv xls: $longer
in2csv -I xls: $longer
tablib xlsx: $whole
tablib xls: $longer
tablib ods: $longer
petl xlsx: $whole
petl xls: $longer
pyexcel xlsx: $whole
pyexcel xls: $whole
pyexcel ods: $whole
436641234567.0 +4366412345670 valid
393401234567.0 +3934012345670 valid
358401234567.0 +3584012345670 valid
6281234567890.0 +62812345678900 valid
447700900123.0 +4477009001230 refused" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
