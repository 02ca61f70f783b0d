#!/usr/bin/env bash
# Debian 12's curl 7.88.1-10+deb12u15 (libcurl) and Maven com.squareup.okhttp3:okhttp 4.12.0 beside Java 17's own HttpClient and PyPI requests 2.32.5 and
# httpx 0.28.1, Python 3; seen on 29 November 2026.
#
# Guess:  a POST over a kept connection, which the gateway takes and then closes without an answer (it is restarted at that moment), is an error of the call: only the
#         program knows whether the text may go twice. Libraries send again by themselves what may be repeated, a GET, and never a POST.
# Seen:   libcurl and OkHttp send it again on a new connection and return that one's 200: Bob has two texts, the program knows of one, nothing is said, and no setting for trying
#         again is on (curl without --retry). Only on a connection that was used before: the first POST, cut in the same way, is an error with libcurl. Java's own client,
#         requests and httpx raise.
# For us: musterd stops libcurl at the second writing of one request (src/io/http_transfer.c, ADR 0005). A gateway's own sender in PHP, R or whatever else stands upon libcurl, or an Android
#         phone's app, does it: two texts of one second with two ids, of which we know one.
set -euo pipefail
command -v curl >/dev/null || { echo "needs Debian's package curl"; exit 1; }
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
cd "$dir"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>x</groupId><artifactId>x</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency><groupId>com.squareup.okhttp3</groupId><artifactId>okhttp</artifactId><version>4.12.0</version></dependency></dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars >mvn.log 2>&1 || { cat mvn.log >&2; exit 1; }
python3 -m venv env
env/bin/pip install -q requests==2.32.5 httpx==0.28.1
cat >gateway.py <<'PY'
"""Answers Ann's text, and takes Bob's, but closes instead of an answer the first time that it sees it from a client."""
import re
import socket
import sys
import threading

listening = socket.socket()
listening.bind(("127.0.0.1", 0))
listening.listen(50)
seen = {}


def request(c):
    data = b""
    while b"\r\n\r\n" not in data:
        more = c.recv(65536)
        if not more:
            return None
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        body += c.recv(65536)
    return head.split()[1].decode()


def serve(c):
    while path := request(c):
        seen[path] = seen.get(path, 0) + 1
        if path == "/seen":
            said = "\n".join(f"{p} came {n} times" for p, n in seen.items() if p.endswith("bob"))
        elif path.endswith("bob") and seen[path] == 1:
            break
        else:
            said = "ok"
        c.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(said)}\r\n\r\n{said}".encode())
    c.close()


with open("port", "w") as f:
    f.write(f"{listening.getsockname()[1]}\n")
while True:
    threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()
PY
python3 gateway.py 2>gateway.log &
pids+=($!)
for _ in {1..300}; do
    if [[ -s port ]]; then break; fi
    sleep 0.1
done
url=http://127.0.0.1:$(cat port)
cat >Look.java <<'JAVA'
import java.net.URI;
import java.net.http.*;
import okhttp3.*;

public class Look {
    public static void main(String[] args) throws Exception {
        var ok = new OkHttpClient();
        var own = HttpClient.newHttpClient();
        for (String to : new String[] {"ann", "bob"}) {
            var body = RequestBody.create("text=" + to, MediaType.get("text/plain"));
            try (var r = ok.newCall(new Request.Builder().url(args[0] + "/okhttp/" + to).post(body).build()).execute()) {
                System.out.println("OkHttp, " + to + ": " + r.code() + " " + r.body().string());
            } catch (java.io.IOException e) {
                System.out.println("OkHttp, " + to + ": an error");
            }
        }
        for (String to : new String[] {"ann", "bob"}) {
            try {
                var r = own.send(HttpRequest.newBuilder(URI.create(args[0] + "/java/" + to)).version(HttpClient.Version.HTTP_1_1)
                        .POST(HttpRequest.BodyPublishers.ofString("text=" + to)).build(), HttpResponse.BodyHandlers.ofString());
                System.out.println("Java's own, " + to + ": " + r.statusCode() + " " + r.body());
            } catch (java.io.IOException e) {
                System.out.println("Java's own, " + to + ": an error");
            }
        }
        System.exit(0);
    }
}
JAVA
cat >look.py <<'PY'
import sys

import httpx
import requests

for name, client in ("requests", requests.Session()), ("httpx", httpx.Client()):
    for to in "ann", "bob":
        try:
            r = client.post(f"{sys.argv[1]}/{name}/{to}", data={"text": to})
            print(f"{name}, {to}: {r.status_code} {r.text}")
        except (requests.RequestException, httpx.HTTPError):
            print(f"{name}, {to}: an error")
PY
post() { # what for, then addresses
    local more=() to
    for to in "${@:2}"; do more+=(--next -sS -m 60 -d "text=${to##*/}" -w ' %{http_code}\n' "$url/$1/$to"); done
    { curl "${more[@]:1}" 2>/dev/null || true; } | sed "s#^#$1: #"
}
{
    post curl ann bob
    post first-one bob
    timeout 60 java -cp 'jars/*' Look.java "$url" 2>java.log
    timeout 60 env/bin/python look.py "$url"
    curl -s -m 60 "$url/seen"
    echo
} >seen
cat seen
[[ $(cat seen) == "curl: ok 200
curl: ok 200
first-one:  000
OkHttp, ann: 200 ok
OkHttp, bob: 200 ok
Java's own, ann: 200 ok
Java's own, bob: an error
requests, ann: 200 ok
requests, bob: an error
httpx, ann: 200 ok
httpx, bob: an error
/curl/bob came 2 times
/first-one/bob came 1 times
/okhttp/bob came 2 times
/java/bob came 1 times
/requests/bob came 1 times
/httpx/bob came 1 times" ]] || { echo "it behaves otherwise now" >&2; cat java.log gateway.log >&2; exit 1; }
