#!/usr/bin/env bash
# PyPI xlsx2csv 0.8.6; the sheet is made with XlsxWriter 3.3.1, Python 3; seen on 29 November 2026.
#
# Guess:  a number whose format puts a word beside it ("mobile "0, 0" (home)") is that number, with or without the word, for the word stands in quotation marks.
# Seen:   the letters d, h, m and y of the word are taken for those of a date. The extension 44770 of an office becomes "07obile "0, for it is a day in July to it;
#         a whole phone number is no day that there is, and then all of the list ends in an AttributeError about 'options' that names neither the cell nor
#         the format. "Tel. "0 and "+"0 have none of these letters and are right, and so is [Red].
# For us: pandas, openpyxl, calamine, SheetJS and exceljs read the same cell as the number. A list in which "07obile" stands is to be saved as CSV from the spreadsheet
#         program itself.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q xlsx2csv==0.8.6 XlsxWriter==3.3.1
cat >make.py <<'PY'
import sys

import xlsxwriter

with xlsxwriter.Workbook("list.xlsx") as book:
    book.add_worksheet().write_number(0, 0, int(sys.argv[1]), book.add_format({"num_format": sys.argv[2]}))
PY
seen=$(
    for form in 0 '"Tel. "0' '"+"0' '[Red]0' '"mobile "0' '0" (home)"'; do
        for number in 44770 7700900123; do
            env/bin/python make.py "$number" "$form"
            echo "$form $number: $(env/bin/xlsx2csv list.xlsx 2>error || tail -1 error)"
        done
    done
)
printf '%s\n' "$seen"
wanted=$(cat <<'TEXT'
0 44770: 44770
0 7700900123: 7700900123
"Tel. "0 44770: 44770
"Tel. "0 7700900123: 7700900123
"+"0 44770: 44770
"+"0 7700900123: 7700900123
[Red]0 44770: 44770
[Red]0 7700900123: 7700900123
"mobile "0 44770: """07obile ""0"
"mobile "0 7700900123: AttributeError: 'Sheet' object has no attribute 'options'
0" (home)" 44770: "0"" (12o07e)"""
0" (home)" 7700900123: AttributeError: 'Sheet' object has no attribute 'options'
TEXT
)
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
