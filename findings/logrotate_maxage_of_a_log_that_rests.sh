#!/usr/bin/env bash
# Debian 12's logrotate 3.21.0-1; seen on 29 November 2026.
#
# Guess:  "daily, maxage 7" deletes what was rotated more than seven days ago, every day; and "size 1k" with dateext rotates whenever the log is larger, twice a day, too.
# Seen:   old logs are looked at only when the log itself is rotated. Once it is empty (notifempty) or gone (missingok), as after the last day of a campaign, those of two
#         months ago stay for good, and the exit code is 0. When something is written again they go at the next rotation. With dateext a second
#         rotation on one day finds the name taken: it is an error, nothing is rotated, and the log grows until tomorrow. Without dateext it works.
# For us: "kept seven days" is no promise while it depends on somebody writing on. Numbers do not belong in a log; a proxy's access log with them is emptied by
#         a rule for files (systemd-tmpfiles with "m:"), or with ifempty. Muster writes no numbers into its log.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download -q logrotate=3.21.0-1 libacl1 libpopt0 >/dev/null 2>&1 || { echo "needs Debian 12's package logrotate 3.21.0-1"; exit 1; }
for package in ./*.deb; do dpkg -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'libpopt.so.0' | head -n 1)")
export LD_LIBRARY_PATH
chmod 755 .
rule() { printf '%s {\n%s\n}\n' "$dir/$1/x.log" "$2" >"$1.conf"; mkdir -m 755 "$1"; }
rotate() { if root/usr/sbin/logrotate -s "$1.state" "$dir/$1.conf" >"$1.out" 2>&1; then echo "exit code 0"; else echo "exit code $?, $(grep -o 'already exists' "$1.out")"; fi; }
long_ago() { printf 'logrotate state -- version 2\n"%s" 2026-1-1-0:0:0\n' "$dir/rest/x.log" >rest.state; }
names() { (cd "$1" && echo *) | sed "s/$(date +%Y%m%d)/TODAY/g"; }
{
    rule rest $'daily\nrotate 30\nmaxage 7\ndateext\nnotifempty\nmissingok\nnocreate'
    echo "+447700900123" >rest/x.log-20260101
    touch -d '60 days ago' rest/x.log-20260101
    : >rest/x.log
    long_ago
    echo "empty: $(rotate rest), $(names rest)"
    rm rest/x.log
    long_ago
    echo "gone: $(rotate rest), $(names rest)"
    echo "a line" >rest/x.log
    long_ago
    echo "written to: $(rotate rest), $(names rest)"
    for dates in dateext nodateext; do
        rule "$dates" $'size 1k\nrotate 30\nnocreate\n'"$dates"
        for _ in 1 2; do
            head -c 5000 /dev/zero >>"$dates/x.log"
            echo "size, $dates: $(rotate "$dates"), $(names "$dates")"
        done
    done
} | tee seen
[[ $(cat seen) == "empty: exit code 0, x.log x.log-20260101
gone: exit code 0, x.log-20260101
written to: exit code 0, x.log-TODAY
size, dateext: exit code 0, x.log-TODAY
size, dateext: exit code 1, already exists, x.log x.log-TODAY
size, nodateext: exit code 0, x.log.1
size, nodateext: exit code 0, x.log.1 x.log.2" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
