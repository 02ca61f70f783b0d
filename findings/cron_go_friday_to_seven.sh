#!/usr/bin/env bash
# Go's github.com/hashicorp/cronexpr 1.1.3 and github.com/gorhill/cronexpr at 88b0669f7d75 (27 April 2018, its newest) beside github.com/robfig/cron/v3 3.0.1;
# seen on 29 November 2026.
#
# Guess:  "0 9 * * 5-7" is nine o'clock on Friday, Saturday and Sunday, as cron has it, to a library that takes 7 for Sunday (both of these do:
#         "0 9 * * 7" is every Sunday); or it is an error, as with robfig's, which does not know 7.
# Seen:   hashicorp's (Nomad's) gives Friday and Saturday and loses Sunday. gorhill's, from which it came, has no day left: Next is the zero time, the
#         year 1, for ever. Neither gives an error. "1-7", every day, is Monday to Saturday to the one and nothing to the other. "5,6,7" and "fri-sat,sun" are right.
# For us: a call of Muster's API at such times misses each Sunday; and a loop that sleeps until the zero time, which is past, does not sleep at all. Whoever
#         asks a library for the next time has to look whether it is later than now. Muster's own series takes names of days.
set -euo pipefail
command -v go >/dev/null || { echo "needs Go"; exit 1; }
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
export GOPATH=$dir/go GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module look

go 1.22

require (
	github.com/gorhill/cronexpr v0.0.0-20180427100037-88b0669f7d75
	github.com/hashicorp/cronexpr v1.1.3
	github.com/robfig/cron/v3 v3.0.1
)
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"time"

	gorhill "github.com/gorhill/cronexpr"
	hashicorp "github.com/hashicorp/cronexpr"
	robfig "github.com/robfig/cron/v3"
)

type rule interface{ Next(time.Time) time.Time }

func show(name, line string, read rule, err error) {
	fmt.Printf("%s by %s:", line, name)
	if err != nil {
		fmt.Println(" refused")
		return
	}
	moment := time.Date(2027, 1, 28, 12, 0, 0, 0, time.UTC)
	for i := 0; i < 4; i++ {
		next := read.Next(moment)
		if next.IsZero() {
			fmt.Print(" zero")
			break
		}
		moment = next
		fmt.Print(moment.Format(" Mon 02"))
	}
	fmt.Println()
}

func main() {
	for _, line := range []string{"0 9 * * 7", "0 9 * * 5-7", "0 9 * * 1-7", "0 9 * * 5,6,7", "0 9 * * fri-sat,sun"} {
		h, err := hashicorp.Parse(line)
		show("hashicorp", line, h, err)
		g, err := gorhill.Parse(line)
		show("gorhill", line, g, err)
		r, err := robfig.ParseStandard(line)
		show("robfig", line, r, err)
	}
}
GO
seen=$(go run . 2>go.log) || { tail -3 go.log; exit 1; }
printf '%s\n' "$seen"
[[ $seen == '0 9 * * 7 by hashicorp: Sun 31 Sun 07 Sun 14 Sun 21
0 9 * * 7 by gorhill: Sun 31 Sun 07 Sun 14 Sun 21
0 9 * * 7 by robfig: refused
0 9 * * 5-7 by hashicorp: Fri 29 Sat 30 Fri 05 Sat 06
0 9 * * 5-7 by gorhill: zero
0 9 * * 5-7 by robfig: refused
0 9 * * 1-7 by hashicorp: Fri 29 Sat 30 Mon 01 Tue 02
0 9 * * 1-7 by gorhill: zero
0 9 * * 1-7 by robfig: refused
0 9 * * 5,6,7 by hashicorp: Fri 29 Sat 30 Sun 31 Fri 05
0 9 * * 5,6,7 by gorhill: Fri 29 Sat 30 Sun 31 Fri 05
0 9 * * 5,6,7 by robfig: refused
0 9 * * fri-sat,sun by hashicorp: Fri 29 Sat 30 Sun 31 Fri 05
0 9 * * fri-sat,sun by gorhill: Fri 29 Sat 30 Sun 31 Fri 05
0 9 * * fri-sat,sun by robfig: Fri 29 Sat 30 Sun 31 Fri 05' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
