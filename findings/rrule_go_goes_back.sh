#!/usr/bin/env bash
# Go's github.com/teambition/rrule-go 1.8.2 beside PyPI python-dateutil 2.9.0.post0, of which it is a port; seen on 29 November 2026.
#
# Guess:  a rule of every half hour in London gives rising moments in the night on which the clocks go forward: the two half hours that do not exist
#         (01:00 and 01:30) are left out, or are 02:00 and 02:30, once. A rule with COUNT=6 gives six.
# Seen:   02:00, 02:30, and then 02:00 and 02:30 again: the moments go back in time, each comes twice, and the next() of a program that waits for each
#         is in the past. Of every hour, six times, five come: the missing one and 02:00 are one moment, counted twice.
#         Each second hour after 23:00 on the day before is 02:00, not 01:00, and then 03:00, an hour later. Rules of a day or a week are
#         right (02:30 in that night, 01:30 after it), where dateutil names an hour that does not exist.
# For us: who sends reminders by such a rule sends two of them twice in one night of the year. Muster knows days and weeks only, and
#         brings each clock time to UTC by itself (ADR 0049).
set -euo pipefail
command -v go >/dev/null || { echo "needs Go"; exit 1; }
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
mkdir "$dir/look" && cd "$dir/look"
export GOPATH=$dir/go GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module look

go 1.20

require github.com/teambition/rrule-go v1.8.2
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	_ "time/tzdata"

	"github.com/teambition/rrule-go"
)

func main() {
	for _, rule := range [][2]string{
		{"20270328T003000", "FREQ=MINUTELY;INTERVAL=30;COUNT=6"},
		{"20270328T000000", "FREQ=HOURLY;COUNT=6"},
		{"20270327T230000", "FREQ=HOURLY;INTERVAL=2;COUNT=4"},
		{"20270327T013000", "FREQ=DAILY;COUNT=3"},
	} {
		set, err := rrule.StrToRRuleSet("DTSTART;TZID=Europe/London:" + rule[0] + "\nRRULE:" + rule[1])
		if err != nil {
			panic(err)
		}
		fmt.Print("go ", rule[1])
		for _, moment := range set.All() {
			fmt.Print(" ", moment.Format("15:04"))
		}
		fmt.Println()
	}
}
GO
cat >look.py <<'PY'
from dateutil.rrule import rrulestr

for start, rule in (("20270328T003000", "FREQ=MINUTELY;INTERVAL=30;COUNT=6"), ("20270327T013000", "FREQ=DAILY;COUNT=3")):
    print("python", rule, *(f"{moment:%H:%M}" for moment in rrulestr(f"DTSTART;TZID=Europe/London:{start}\nRRULE:{rule}")))
PY
go mod tidy >/dev/null 2>&1
python3 -m venv env
env/bin/pip install -q python-dateutil==2.9.0.post0 tzdata
seen=$(go run . && env/bin/python look.py)
printf '%s\n' "$seen"
[[ $seen == 'go FREQ=MINUTELY;INTERVAL=30;COUNT=6 00:30 02:00 02:30 02:00 02:30 03:00
go FREQ=HOURLY;COUNT=6 00:00 02:00 03:00 04:00 05:00
go FREQ=HOURLY;INTERVAL=2;COUNT=4 23:00 02:00 03:00 05:00
go FREQ=DAILY;COUNT=3 01:30 02:30 01:30
python FREQ=MINUTELY;INTERVAL=30;COUNT=6 00:30 01:00 01:30 02:00 02:30 03:00
python FREQ=DAILY;COUNT=3 01:30 01:30 01:30' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
