#!/usr/bin/env bash
# Debian 12's haproxy 2.6.12 in front of a small HTTP server; seen on 27 November 2026.
#
# Guess:  `option forwardfor` writes the client's address behind those that came with the request, with a comma, as nginx'
#         $proxy_add_x_forwarded_for does.
# Seen:   it adds a second X-Forwarded-For line and leaves the one of the client as it was, in front. A program that asks
#         its HTTP library for "the" header gets the first line from most of them: what the client wrote.
# For us: the address is the last word of the last line, and only of a proxy that is trusted.
set -euo pipefail
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
apt-get download -q haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 >/dev/null 2>&1 ||
    apt-get download -q haproxy liblua5.3-0 >/dev/null 2>&1
for package in ./*.deb; do dpkg -x "$package" root; done
cat >server.py <<'PY'
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = "".join(f"{value}\n" for value in self.headers.get_all("X-Forwarded-For", [])).encode()
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
front=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >haproxy.cfg <<CFG
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend in
  bind 127.0.0.1:$front
  option forwardfor
  default_backend out
backend out
  server one 127.0.0.1:$(cat port)
CFG
version=$(LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu root/usr/sbin/haproxy -v | sed -n 1p)
LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu root/usr/sbin/haproxy -f haproxy.cfg >/dev/null 2>&1 &
pids+=($!)
for _ in {1..200}; do
    if seen=$(curl -sf -H 'X-Forwarded-For: 192.0.2.7' "http://127.0.0.1:$front/"); then break; fi
    sleep 0.05
done
printf '%s\n%s\n' "$version" "$seen"
[[ $version == *"version 2.6.12"* ]] || echo "seen with 2.6.12; this is another one" >&2
[[ $seen == $'192.0.2.7\n127.0.0.1' ]] || { echo "it behaves otherwise now" >&2; exit 1; }
