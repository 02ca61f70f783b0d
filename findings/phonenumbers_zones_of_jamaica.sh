#!/usr/bin/env bash
# PyPI phonenumbers 9.0.33 beside Go's github.com/nyaruka/phonenumbers 1.8.1; seen on 28 November 2026.
#
# Guess:  time_zones_for_number of a Jamaican mobile (+1 876) is America/Jamaica, for no other country has these digits; of a Russian
#         mobile it is the zones of Russia; the Go port answers alike.
# Seen:   the Jamaican gets 42 zones, all of +1 from Guam to Newfoundland, because a mobile is no geographical number there,
#         while one of the United States gets its own. Nearly all Caribbean mobiles are so. The Russian gets 16, among them Bucharest and
#         Almaty, and no Kaliningrad. time_zones_for_geographical_number, whose name says that it is not for mobiles, knows Jamaica. The Go
#         port asks the digits first and says America/Jamaica, under the very name that says all of +1 in Python.
# For us: quiet hours that are reckoned with this list as "asleep in one of these zones" leave a Jamaican two hours a day, and "awake in
#         one of them" wakes him at night. Here the zone comes from the list, else from the country, and the country from the digits.
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install -q phonenumbers==9.0.33
cat >look.py <<'PY'
import phonenumbers
from phonenumbers import timezone

for region in "JM", "US", "RU":
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    zones = timezone.time_zones_for_number(number)
    odd = [z for z in ("Europe/Bucharest", "Asia/Almaty", "Europe/Kaliningrad", "Pacific/Guam", "America/Jamaica") if z in zones]
    by_digits = timezone.time_zones_for_geographical_number(number)
    print(region, len(zones), *odd, "by digits", *by_digits)
PY
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
	"fmt"

	"github.com/nyaruka/phonenumbers"
)

func main() {
	for _, region := range []string{"JM", "US", "RU"} {
		number := phonenumbers.GetExampleNumberForType(region, phonenumbers.MOBILE)
		zones, err := phonenumbers.GetTimezonesForNumber(number)
		fmt.Println(region, len(zones), zones[0], err)
	}
}
GO
go mod tidy >/dev/null 2>&1
seen=$(../env/bin/python ../look.py; go run .)
printf '%s\n' "$seen"
[[ $seen == "JM 42 Pacific/Guam America/Jamaica by digits America/Jamaica
US 1 by digits America/New_York
RU 16 Europe/Bucharest Asia/Almaty by digits Europe/Moscow
JM 1 America/Jamaica <nil>
US 1 America/New_York <nil>
RU 1 Europe/Moscow <nil>" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
