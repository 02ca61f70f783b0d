#!/usr/bin/env bash
# Debian 12's libical 3.0.16-1+b1; seen on 27 November 2026.
#
# Guess:  a rule of every day at 01:30 in London misses its hour once, on the night when the clocks go forward (01:30 does not
#         exist then, so 02:30 is given), and is at 01:30 again on the day after.
# Seen:   the occurrence after it is moved, too: 30 March is at 02:30, where nothing is wrong with 01:30, and only 31 March is
#         right again. Of a rule of Sundays the next one is a week later, and is an hour late on a day that has
#         nothing to do with the clocks. The autumn's change, when an hour comes twice, moves nothing.
# For us: what is planned for such an hour has to be made for each date from the rule's own time of day, with the zone looked
#         up for that date alone; an iterator that has just run over a gap cannot be believed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download -q libical3=3.0.16-1+b1 libical-dev=3.0.16-1+b1 >/dev/null 2>&1 ||
    { echo "needs Debian 12's packages libical3 and libical-dev"; exit 1; }
for package in ./*.deb; do dpkg -x "$package" root; done
cat >look.c <<'C'
#include <libical/ical.h>
#include <stdio.h>

static void look(const char *start, const char *zone, const char *rule, int n)
{
    struct icaltimetype at = icaltime_from_string(start);
    at.zone = icaltimezone_get_builtin_timezone(zone);
    icalrecur_iterator *it = icalrecur_iterator_new(icalrecurrencetype_from_string(rule), at);
    printf("%s", zone);
    for (int i = 0; i < n; i++)
        printf(" %s", icaltime_as_ical_string(icalrecur_iterator_next(it)));
    printf("\n");
    icalrecur_iterator_free(it);
}

int main(void)
{
    look("20260328T013000", "Europe/London", "FREQ=DAILY", 4);
    look("20261024T013000", "Europe/London", "FREQ=DAILY", 3);
    look("20260301T023000", "America/New_York", "FREQ=WEEKLY;BYDAY=SU", 4);
}
C
libs=root/usr/lib/x86_64-linux-gnu
gcc -Iroot/usr/include look.c -o look -L$libs -lical
seen=$(LD_LIBRARY_PATH=$libs ./look)
wanted='Europe/London 20260328T013000 20260329T023000 20260330T023000 20260331T013000
Europe/London 20261024T013000 20261025T013000 20261026T013000
America/New_York 20260301T023000 20260308T033000 20260315T033000 20260322T023000'
printf '%s\n' "$seen"
[[ $seen == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
