#!/usr/bin/env bash
# Go's github.com/xuri/excelize/v2 2.11.1; the sheet is made by it, too; seen on 27 November 2026.
#
# Guess:  GetRows gives a cell as Excel shows it: 2025550123 with Excel's own format for American phone numbers,
#         [<=9999999]###-####;(###) ###-####, is (202) 555-0123.
# Seen:   it is 202555-0123: the brackets and the blank of the long form are gone, so the area code runs into the number. The short form,
#         555-0123, is right, and so are formats with leading zeros, with a "+" in front, and with pairs of digits.
# For us: a list that came from such a sheet holds 202555-0123, which a reader of cells must take as one number of ten digits, with
#         the country's rules, and not refuse as none, nor cut at the dash.
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
mkdir "$dir/take" && cd "$dir/take"
export GOPATH=$dir/go GOFLAGS=-mod=mod GOTOOLCHAIN=local
cat >go.mod <<'MOD'
module take

go 1.25.0

require github.com/xuri/excelize/v2 v2.11.1
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

func main() {
	sheet := excelize.NewFile()
	for i, cell := range []struct {
		number int
		format string
	}{
		{2025550123, "[<=9999999]###-####;(###) ###-####"},
		{5550123, "[<=9999999]###-####;(###) ###-####"},
		{7700900123, "00000000000"},
		{447700900123, "\"+\"0"},
		{447700900123, "00 00 0000 0000"},
	} {
		style, _ := sheet.NewStyle(&excelize.Style{CustomNumFmt: &cell.format})
		at := fmt.Sprintf("A%d", i+1)
		_ = sheet.SetCellValue("Sheet1", at, cell.number)
		_ = sheet.SetCellStyle("Sheet1", at, at, style)
	}
	rows, _ := sheet.GetRows("Sheet1")
	for _, row := range rows {
		fmt.Println(row[0])
	}
}
GO
go mod tidy >/dev/null 2>&1
seen=$(go run .)
printf '%s\n' "$seen"
[[ $seen == "202555-0123
555-0123
07700900123
+447700900123
44 77 0090 0123" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
