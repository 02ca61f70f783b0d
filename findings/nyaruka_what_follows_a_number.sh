#!/usr/bin/env bash
# Go's github.com/nyaruka/phonenumbers 1.8.1 beside PyPI phonenumbers 9.0.33; seen on 28 November 2026.
#
# Guess:  the Go library is a port of Google's, so it reads what Google's reads: 10,269 cells of all regions (plus or none, 00, brackets,
#         extensions, tel: with a context, Arabic digits) are read alike by both.
# Seen:   all are but one kind, and that is a common one: something behind the last digit. A comma, an exclamation mark, a closing quotation
#         mark and the invisible U+202C and U+2069, which phones and Windows put around a number that is copied out of their contacts: Google's
#         takes them off, the port says that it is no phone number. In front of the number the port passes over all of them, and a full
#         stop, a bracket or a blank behind is no harm, so a test with one of these shows nothing.
# For us: a platform that is built on the port loses pasted numbers that look right to everybody who looks at them. Here they are read
#         (tests/unit/test_phone.c).
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q phonenumbers==9.0.33
cat >look.py <<'PY'
import json
import sys

import phonenumbers

for text in json.load(open(sys.argv[1])):
    print(ascii(text), phonenumbers.format_number(phonenumbers.parse(text, "GB"), phonenumbers.PhoneNumberFormat.E164))
PY
cat >cells.json <<'JSON'
["+447700900123", "\u202a+447700900123", "+447700900123\u202c", "\u2068+447700900123\u2069", "07700 900123,", "07700 900123!", "07700 900123.", "(07700 900123)"]
JSON
mkdir take && cd take
export GOPATH=$dir/go GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module take

go 1.22

require github.com/nyaruka/phonenumbers v1.8.1
MOD
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/nyaruka/phonenumbers"
)

func main() {
	bytes, _ := os.ReadFile(os.Args[1])
	var cells []string
	_ = json.Unmarshal(bytes, &cells)
	for _, text := range cells {
		if number, err := phonenumbers.Parse(text, "GB"); err != nil {
			fmt.Printf("%+q %v\n", text, err)
		} else {
			fmt.Printf("%+q %v\n", text, phonenumbers.Format(number, phonenumbers.E164))
		}
	}
}
GO
go mod tidy >/dev/null 2>&1
google=$(../env/bin/python ../look.py ../cells.json) port=$(go run . ../cells.json)
printf 'google\n%s\nport\n%s\n' "$google" "$port"
read_by() { printf '%s\n' "$1" | grep -c ' +447700900123$'; }
refused=$(printf '%s\n' "$port" | grep 'is not a number' | cut -d' ' -f1-2)
[[ $(read_by "$google") == 8 && $(read_by "$port") == 4 && $refused == '"+447700900123\u202c" the
"\u2068+447700900123\u2069" the
"07700 900123,"
"07700 900123!"' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
