#!/usr/bin/env bash
# Go's github.com/emersion/go-vcard at c9703dde27ff (24 October 2024, its newest); seen on 29 November 2026.
#
# Guess:  contacts that a phone exports as vCard 2.1 are read, or refused by their version: TEL;CELL:+447700900123 (2.1 has the kind by itself, without
#         TYPE=) has that number for its value.
# Seen:   the value is empty, and the number is there as the value of a parameter named CELL. Of TEL;HOME;VOICE:… the first kind is gone and the
#         second has the number. A name in quoted-printable that goes on in a second line is its first line, still encoded. No error; FN, where it is
#         ASCII, is right, so a list of people without a number is what one sees. Version 3.0 is right.
# For us: Muster reads no vCards: somebody makes a list of them first, with a program like this. Such a list has names and no numbers; the contacts are to be
#         exported again as 3.0.
set -euo pipefail
command -v go >/dev/null || { echo "needs Go"; exit 1; }
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
mkdir "$dir/look" && cd "$dir/look"
export GOPATH=$dir/go GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module look

go 1.20

require github.com/emersion/go-vcard v0.0.0-20241024213814-c9703dde27ff
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"strings"

	"github.com/emersion/go-vcard"
)

func main() {
	for _, lines := range []string{
		"VERSION:2.1\nFN:Ann\nTEL;CELL:+447700900123",
		"VERSION:2.1\nFN:Ben\nTEL;HOME;VOICE:020 7946 0999",
		"VERSION:2.1\nFN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Ay=C5=9Fe =\n=C3=96z\nTEL;TYPE=CELL:+447700900124",
		"VERSION:3.0\nFN:Cem\nTEL;TYPE=CELL:+447700900125",
	} {
		text := "BEGIN:VCARD\n" + lines + "\nEND:VCARD\n"
		card, err := vcard.NewDecoder(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n"))).Decode()
		if err != nil {
			panic(err)
		}
		field := card.Get(vcard.FieldTelephone)
		fmt.Printf("%s %s: %q %v\n", card.Value("VERSION"), card.Value(vcard.FieldFormattedName), field.Value, field.Params)
	}
}
GO
go mod tidy >/dev/null 2>&1
seen=$(go run .)
printf '%s\n' "$seen"
[[ $seen == '2.1 Ann: "" map[CELL:[+447700900123]]
2.1 Ben: "" map[VOICE:[020 7946 0999]]
2.1 Ay=C5=9Fe =: "+447700900124" map[TYPE:[CELL]]
3.0 Cem: "+447700900125" map[TYPE:[CELL]]' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
