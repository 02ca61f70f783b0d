#!/usr/bin/env bash
# Debian 12's systemd-tmpfiles (systemd 252); seen on 29 November 2026.
#
# Guess:  "d /var/lib/x/exports - - - 7d" deletes exports that were written more than seven days ago: whatever one does with a file that is finished, it
#         gets no younger.
# Seen:   the youngest of three times counts, when it was written, when it was read, and when its inode was changed. A file is kept that somebody reads (a backup, a virus scanner,
#         grep -r), whose owner or mode is set anew to what they were (chown -R and chmod -R at each start of a service), that is renamed or gets a second name. touch with a date of last year
#         makes nothing older. Only a file that nobody looked at goes. 252 can be told which times count: "m:7d" is when it was written, and all of them go.
# For us: lists and exports with people's numbers that "are deleted after a week" stay for ever beside a nightly backup or a chown -R in ExecStartPre, and no error says so. Whoever
#         deletes by systemd-tmpfiles writes "m:7d".
set -euo pipefail
command -v systemd-tmpfiles >/dev/null || { echo "needs Debian's package systemd"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export TZ=UTC
look() {
    rm -rf exports
    mkdir exports
    for name in left read owned mode renamed linked dated; do echo "+447700900123" >"exports/$name"; done
    sleep 32
    python3 -c '
import os
import time
# as a read does, whatever the file system was mounted with
os.utime("exports/read", (time.time(), os.stat("exports/read").st_mtime))
os.chown("exports/owned", os.getuid(), os.getgid())
os.chmod("exports/mode", 0o644)
os.rename("exports/renamed", "exports/renamed.csv")
os.link("exports/linked", "elsewhere")
os.utime("exports/dated", (0, 0))'
    echo "d $dir/exports - - - $1" >exports.conf
    systemd-tmpfiles --clean "$dir/exports.conf"
    rm -f elsewhere
    echo "$1: $(cd exports && echo *)"
}
{
    systemd-tmpfiles --version | grep -o '^systemd [0-9]*'
    look 30s
    look m:30s
} | tee seen
[[ $(cat seen) == "systemd 252
30s: dated linked mode owned read renamed.csv
m:30s: *" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
