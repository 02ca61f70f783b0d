#!/usr/bin/env bash
# Debian 12's libcurl 7.88.1-10+deb12u15; seen on 28 November 2026.
#
# Guess:  CURLINFO_RETRY_AFTER is a number of seconds to wait, and 0 when there is nothing to wait for: no header, a header that cannot be
#         read, a date that is past. Of two headers the first counts.
# Seen:   a date that is past is a negative number, -3600 for an hour ago: with a clock that goes a minute ahead of the provider's, each "in
#         thirty seconds" is -30, which is 4,294,967,266 to whoever keeps it unsigned, and "at once" to the rest. Of two headers
#         the last counts. What is no HTTP date is read as far as it has digits: "2026-11-28T20:00:00Z" is 2026 seconds, "1h" is one.
#         And a header of an interim answer (103) is believed for the final one, which has none.
# For us: the header itself is read (src/io/http_transfer.c), a date that is past is no wait, and what is neither a number nor a date is no
#         header. tests/integration/test_http_wire.c holds it.
set -euo pipefail
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
version=7.88.1-10+deb12u15
apt-get download -q "libcurl4=$version" "libcurl4-openssl-dev=$version" >/dev/null 2>&1 ||
    { echo "needs Debian 12's packages libcurl4 and libcurl4-openssl-dev $version"; exit 1; }
for package in ./*.deb; do dpkg -x "$package" root; done
cat >look.c <<'C'
#include <curl/curl.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    CURL *e = curl_easy_init();
    for (int i = 2; i < argc; i++) {
        char url[128];
        curl_off_t wait_s = 0;
        (void)snprintf(url, sizeof url, "http://127.0.0.1:%s/%s", argv[1], argv[i]);
        curl_easy_setopt(e, CURLOPT_URL, url);
        curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
        CURLcode result = curl_easy_perform(e);
        curl_easy_getinfo(e, CURLINFO_RETRY_AFTER, &wait_s);
        /* a date is a second nearer when the machine is slow */
        if (wait_s > 3500 && wait_s <= 3600) wait_s = 3600;
        if (wait_s < -3500 && wait_s >= -3700) wait_s = -3600;
        printf("%s %d %ld\n", argv[i], (int)result, (long)wait_s);
    }
    curl_easy_cleanup(e);
    return 0;
}
C
libs=$(dirname "$(find root -name libcurl.so.4 | head -n 1)")
gcc -isystem "root/usr/include/$(uname -m)-linux-gnu" look.c -o look -L"$libs" -l:libcurl.so.4 -Wl,--allow-shlib-undefined
cat >server.py <<'PY'
import email.utils
import http.server
import time

def http_date(seconds):
    return email.utils.formatdate(time.time() + seconds, usegmt=True)

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        name = self.path[1:]
        waits = {"seconds": ["120"], "in-an-hour": [http_date(3600)], "an-hour-ago": [http_date(-3600)], "two": ["10", "20"],
                 "iso": ["2026-11-28T20:00:00Z"], "unit": ["1h"]}.get(name, [])
        if name == "interim":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nRetry-After: 55\r\n\r\n")
        self.send_response(429)
        for wait in waits:
            self.send_header("Retry-After", wait)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
open("port", "w").write(str(server.server_address[1]))
server.serve_forever()
PY
python3 server.py &
pids+=($!)
for _ in {1..200}; do
    if [[ -s port ]]; then break; fi
    sleep 0.05
done
seen=$(LD_LIBRARY_PATH=$libs ./look "$(cat port)" seconds in-an-hour none an-hour-ago two iso unit interim)
printf '%s\n' "$seen"
[[ $seen == "seconds 0 120
in-an-hour 0 3600
none 0 0
an-hour-ago 0 -3600
two 0 20
iso 0 2026
unit 0 1
interim 0 55" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
