#!/usr/bin/env bash
# Go's github.com/linxGnu/gosmpp 0.3.0; seen on 27 November 2026.
#
# Guess:  data.FindEncoding takes the GSM alphabet for a text that has only characters of it, and a text of 160 of them is one short message,
#         as with any handset; 161 are two, of 153 and 8.
# Seen:   FindEncoding takes the GSM alphabet for a text that is all ASCII, and UCS-2 for any other: one pound sign, an é or an ñ, all
#         of which the alphabet has, make a British or Spanish text of 100 characters two parts. And NewLongMessageWithEncoding counts GSM characters
#         as bytes of eight bits: 160 of them are two parts, of 134 and 26; 306 are three.
# For us: who sends through a gateway that is built on it pays up to twice of what a check of parts says. The parts that receipts tell
#         are to be counted, and shown beside those of the check.
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
mkdir "$dir/take" && cd "$dir/take"
export GOPATH=$dir/go GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module take

go 1.20

require github.com/linxGnu/gosmpp v0.3.0
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"strings"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

func main() {
	for _, text := range []string{"5 pounds", "£5", "José", "[5]"} {
		fmt.Println(text, data.FindEncoding(text).DataCoding())
	}
	for _, n := range []int{134, 160, 306} {
		parts, err := pdu.NewLongMessageWithEncoding(strings.Repeat("a", n), data.GSM7BIT)
		fmt.Print(n, " ", err)
		for _, part := range parts {
			bytes, _ := part.GetMessageData()
			fmt.Print(" ", len(bytes))
		}
		fmt.Println()
	}
}
GO
go mod tidy >/dev/null 2>&1
seen=$(go run .)
printf '%s\n' "$seen"
[[ $seen == "5 pounds 0
£5 8
José 8
[5] 0
134 <nil> 134
160 <nil> 134 26
306 <nil> 134 134 38" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
