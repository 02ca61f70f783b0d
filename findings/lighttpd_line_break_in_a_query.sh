#!/usr/bin/env bash
# Debian 12's lighttpd 1.4.69-1 (mod_proxy, its defaults) in front of a small HTTP server; seen on 28 November 2026.
#
# Guess:  a reverse proxy passes a query on as it came: what is percent-encoded there is the program's business.
# Seen:   a query with %0A, %0D, %09 or %00 in it is answered 400 and never reaches the program. A gateway that hands replies over by GET (Kannel's
#         get-url is one) gets a 400 for each reply of two lines, and Kannel tries nothing again unless it is told to; a text that it hands over as
#         UTF-16 has %00 before each Latin letter. The queries that pass are written anew: %7E becomes "~", %c3 becomes %C3, "[]" becomes
#         %5B%5D, so a signature over the address as it was sent does not fit any more. Nothing of it is in its log. nginx, Apache,
#         HAProxy, Caddy, Varnish, h2o and nghttpx of Debian 12 pass all of these queries on byte for byte.
# For us: docs/OPERATIONS.md names the setting, url-normalize => disable; with it the query arrives as it was sent.
set -euo pipefail
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
apt-get download -q lighttpd=1.4.69-1 libnettle8 libpcre2-8-0 libxxhash0 libcrypt1 >/dev/null 2>&1 ||
    { echo "needs Debian 12's package lighttpd 1.4.69-1"; exit 1; }
for package in ./*.deb; do dpkg -x "$package" root; done
cat >server.py <<'PY'
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

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
start() { # the name of the log, further settings: sets front
    front=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    cat >"$1.conf" <<CONF
server.document-root = "$dir"
server.bind = "127.0.0.1"
server.port = $front
server.errorlog = "$dir/$1.log"
server.modules = ("mod_proxy")
proxy.server = ("" => (("host" => "127.0.0.1", "port" => $(cat port))))
${2-}
CONF
    LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu:root/lib/x86_64-linux-gnu root/usr/sbin/lighttpd -D -f "$1.conf" -m root/usr/lib/lighttpd &
    pids+=($!)
    for _ in {1..200}; do
        if curl -sf "http://127.0.0.1:$front/" >/dev/null; then break; fi
        sleep 0.05
    done
}
look() {
    for query in 'text=one%20line' 'text=two%0Alines' 'text=%00S%00T%00O%00P' 'text=%7E&name=%c3%a9' 'list[]=1'; do
        answer=$(curl -sg -w ' %{http_code}' "http://127.0.0.1:$front/hook?$query")
        printf '%s -> %s\n' "$query" "$([[ $answer == *' 200' ]] && echo "${answer#/hook?}" || echo "${answer##* }")"
    done
}
start plain
seen=$(look)
start off 'server.http-parseopts = ("url-normalize" => "disable")'
seen+=$'\nurl-normalize off\n'$(look)
printf '%s\n' "$seen"
[[ $seen == "text=one%20line -> text=one%20line 200
text=two%0Alines -> 400
text=%00S%00T%00O%00P -> 400
text=%7E&name=%c3%a9 -> text=~&name=%C3%A9 200
list[]=1 -> list%5B%5D=1 200
url-normalize off
text=one%20line -> text=one%20line 200
text=two%0Alines -> text=two%0Alines 200
text=%00S%00T%00O%00P -> text=%00S%00T%00O%00P 200
text=%7E&name=%c3%a9 -> text=%7E&name=%c3%a9 200
list[]=1 -> list[]=1 200" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
