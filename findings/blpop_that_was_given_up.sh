#!/usr/bin/env bash
# npm ioredis 6.0.0 and Maven io.lettuce:lettuce-core 6.8.1 beside PyPI redis 5.3.1, Node 20, Java 17, Python 3, Debian 12's redis-server 7.0.15; seen on 29 November 2026.
#
# Guess:  a worker waits for a job with BLPOP 20, and its library gives up before, after its own second for a command (ioredis' commandTimeout, Lettuce's
#         timeout of the URI, redis-py's socket_timeout): an error. A job that is pushed afterwards stays in the list until somebody asks for it.
# Seen:   with ioredis and Lettuce the job is gone: nobody has it, and the list is empty. They give up the answer and keep the connection, so Redis does not
#         know, and gives the job to the wait that is still open; the library throws the answer away. RPUSH says 1, as if it stood in the list. redis-py
#         closes the connection, and the job stays. Lettuce's default is a minute for each command, so that this begins with BLPOP 0 or 61: the test with
#         a short wait shows nothing.
# For us: the library's patience has to be longer than the server's, and BLPOP 0 has none that is. A worker that must not lose a text
#         takes it with BLMOVE, or as a member of a group (XREADGROUP), where what was given and not acknowledged can be seen.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
trap '[[ -z ${pid:-} ]] || kill "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>x</groupId><artifactId>x</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency><groupId>io.lettuce</groupId><artifactId>lettuce-core</artifactId><version>6.8.1.RELEASE</version></dependency></dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars >mvn.log 2>&1 || { cat mvn.log >&2; exit 1; }
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ioredis@6.0.0 >/dev/null
python3 -m venv env
env/bin/pip install -q redis==5.3.1
cat >look.js <<'JS'
const Redis = require('ioredis');

async function main() {
  const c = new Redis(Number(process.argv[2]), '127.0.0.1', {commandTimeout: 1000});
  await c.ping();
  console.log(await c.blpop('ioredis', 20).catch(() => 'an error'));
  for await (const line of process.stdin) break; // stays connected until it is told that all was seen
  process.exit();
}
main();
JS
cat >Look.java <<'JAVA'
import io.lettuce.core.*;
import java.time.Duration;

public class Look {
    public static void main(String[] args) throws Exception {
        RedisURI uri = RedisURI.builder().withHost("127.0.0.1").withPort(Integer.parseInt(args[0])).withTimeout(Duration.ofSeconds(1)).build();
        var c = RedisClient.create(uri).connect().sync();
        while (true) {
            try {
                c.ping();
                break;
            } catch (RedisCommandTimeoutException e) {
                // Java begins slowly; the first command may be late
            }
        }
        try {
            System.out.println(c.blpop(20, "lettuce"));
        } catch (RedisCommandTimeoutException e) {
            System.out.println("an error");
        }
        System.in.read();
        System.exit(0);
    }
}
JAVA
cat >look.py <<'PY'
import sys

import redis

c = redis.Redis(port=int(sys.argv[1]), socket_timeout=1)
c.ping()
try:
    print(c.blpop("redis-py", 20))
except redis.TimeoutError:
    print("an error", flush=True)
sys.stdin.readline()
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --port "$port" --bind 127.0.0.1 --save "" --dir "$dir" >log &
pid=$!
ask() { redis-cli -p "$port" "$@" 2>/dev/null; }
until [[ $(ask ping) == PONG ]]; do kill -0 "$pid"; sleep 0.1; done
look() { # library, command …
    local name=$1 said left
    shift
    coproc "$@" 2>/dev/null
    local asked=$COPROC_PID out=${COPROC[0]} in=${COPROC[1]}
    read -r said <&"$out"
    local pushed
    pushed=$(ask rpush "$name" "text for Ann")
    left=$(ask lrange "$name" 0 -1)
    echo "$name: $said, pushed $pushed, left: ${left:-nothing}"
    echo >&"$in"
    wait "$asked" || true
}
seen=$(
    look ioredis node look.js "$port"
    look lettuce java -cp 'jars/*' Look.java "$port"
    look redis-py env/bin/python look.py "$port"
)
printf '%s\n' "$seen"
[[ $seen == "ioredis: an error, pushed 1, left: nothing
lettuce: an error, pushed 1, left: nothing
redis-py: an error, pushed 1, left: text for Ann" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
