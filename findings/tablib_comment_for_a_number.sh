#!/usr/bin/env bash
# PyPI tablib 3.10.0 (what django-import-export reads sheets with) with odfpy 1.4.1, Python 3; seen on 29 November 2026.
#
# Guess:  a cell of an .ods file is what the cell shows, as it is to pandas, SheetJS and calamine: a comment on it ("at work 020 7946 0999") is no part of
#         it, nor does it matter that a part of it is bold, or that there are two lines.
# Seen:   the comment comes in place of the number, for the first text inside of the cell is taken, and a comment stands first. Ann's mobile is
#         a sentence with another number in it; where the cell is a number and the comment is digits, the digits are the cell. Of "+44 7700
#         900124" with a bold half, or with two blanks, or of two lines, the first piece is left. Cells of one piece are right, so a tidy sheet shows nothing.
# For us: a list that came through it can hold somebody else's number in a cell that was right, and nothing marks it: the comments of the sheet
#         are to be deleted first. Half a number is a row for the rejects.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q tablib==3.10.0 odfpy==1.4.1
cat >make.py <<'PY'
from odf.office import Annotation
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P, S, Span

def p(*pieces):
    line = P()
    for piece in pieces:
        line.addElement(piece) if not isinstance(piece, str) else line.addText(piece)
    return line

def bold(text):
    piece = Span()
    piece.addText(text)
    return piece

def comment(text):
    note = Annotation()
    note.addElement(p(text))
    return note

doc = OpenDocumentSpreadsheet()
sheet = Table(name="list")
doc.spreadsheet.addElement(sheet)
for name, kind, inside in (
    ("name", {}, [p("phone")]),
    ("plain", {}, [p("+447700900120")]),
    ("comment", {}, [comment("at work 020 7946 0999"), p("+447700900121")]),
    ("number", {"valuetype": "float", "value": "447700900122"}, [comment("442079460999"), p("447700900122")]),
    ("lines", {}, [p("+447700900123"), p("+447700900124")]),
    ("blanks", {}, [p("+44 7700", S(), " 900125")]),
    ("bold", {}, [p(bold("+44 7700"), " 900126")]),
):
    row = TableRow()
    sheet.addElement(row)
    for settings, elements in (({}, [p(name)]), (kind, inside)):
        cell = TableCell(**{"valuetype": "string", **settings})
        row.addElement(cell)
        for element in elements:
            cell.addElement(element)
doc.save("list.ods")
PY
env/bin/python make.py
cat >look.py <<'PY'
import tablib

for name, phone in tablib.Dataset().load(open("list.ods", "rb").read(), format="ods"):
    print(name, "|", repr(phone))
PY
seen=$(env/bin/python look.py)
printf '%s\n' "$seen"
[[ $seen == "plain | '+447700900120'
comment | 'at work 020 7946 0999'
number | 442079460999.0
lines | '+447700900123'
blanks | '+44 7700'
bold | '+44 7700'" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
