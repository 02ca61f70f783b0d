#!/usr/bin/env bash
# Debian 12's redis-server 7.0.15 (its Sentinel, too), PyPI redis 8.1.0, Maven redis.clients:jedis 6.2.0, Python 3, Java 17; seen on 29 November 2026.
#
# Guess:  a Redis whose last background save failed (no memory for its child, a full disk) refuses writes with MISCONF and goes on answering all that reads, PING among
#         it. A pool that tests its connections notices nothing, and nor does Sentinel: the master is there, and answers at once.
# Seen:   PING is refused with MISCONF as well, as if it wrote. So whoever asks "are you there?" first hears no. redis-py with health_check_interval raises an error
#         for a GET that a client without it is answered; Jedis' pool with testOnBorrow gives out no connection at all. And Sentinel counts such an answer as none:
#         after down-after-milliseconds the master, which serves each read at once, is down, and a replica that has no more disk or memory
#         than it is promoted. What `save` is set for saves nothing here; with save "" none of this happens.
# For us: "is it up" is asked with a command that is really used, and not with PING. A child that the kernel shot for want of memory, once, is a failover, and where
#         replication lags it is one that loses writes: room for the child (twice what the data takes), or save "" beside an append-only file.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
cd "$dir"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>x</groupId><artifactId>x</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency><groupId>redis.clients</groupId><artifactId>jedis</artifactId><version>6.2.0</version></dependency></dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars >mvn.log 2>&1 || { cat mvn.log >&2; exit 1; }
python3 -m venv env
env/bin/pip install -q redis==8.1.0
cat >look.py <<'PY'
import sys
import time

import redis

for name, more in ("plain", {}), ("with health checks", {"health_check_interval": 1}):
    r = redis.Redis(port=int(sys.argv[1]), decode_responses=True, **more)
    try:
        r.get("k1")
        time.sleep(1.5)  # longer than the interval: the next command is checked for
        said = r.get("k1")
    except redis.ResponseError as e:
        said = str(e).split()[0]
    print(f"redis-py, {name}, GET: {said}")
PY
cat >Look.java <<'JAVA'
import redis.clients.jedis.*;

public class Look {
    public static void main(String[] args) {
        for (boolean tests : new boolean[] {false, true}) {
            JedisPoolConfig config = new JedisPoolConfig();
            config.setTestOnBorrow(tests);
            String said;
            try (JedisPool pool = new JedisPool(config, "127.0.0.1", Integer.parseInt(args[0])); Jedis jedis = pool.getResource()) {
                said = jedis.get("k1");
            } catch (RuntimeException e) {
                said = e.getMessage();
            }
            System.out.println("Jedis, testOnBorrow " + tests + ", GET: " + said);
        }
    }
}
JAVA
read -r master replica sentinel < <(python3 -c '
import socket
held = [socket.socket() for _ in range(3)]
for s in held: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in held))')
mkdir a b
# The save is slow, so that there is a child to be shot; without "save" a failed one has no consequences.
redis-server --port "$master" --bind 127.0.0.1 --dir "$dir/a" --save "3600 1" --rdb-key-save-delay 10000 >a.log 2>&1 &
pids+=($!)
redis-server --port "$replica" --bind 127.0.0.1 --dir "$dir/b" --save "3600 1" --replicaof 127.0.0.1 "$master" >b.log 2>&1 &
pids+=($!)
until_says() { # port, word, command …
    for _ in {1..600}; do
        [[ $(redis-cli -p "$1" "${@:3}" 2>/dev/null) == *"$2"* ]] && return
        sleep 0.1
    done
    echo "$1 does not say $2" >&2
    exit 1
}
ask() { redis-cli -p "$master" "$@" | sed 's/^MISCONF .*/MISCONF/' | grep .; }
until_says "$replica" master_link_status:up info replication
printf 'port %s\nbind 127.0.0.1\ndir %s\nsentinel monitor m 127.0.0.1 %s 1\nsentinel down-after-milliseconds m 30000\n' "$sentinel" "$dir" "$master" >sentinel.conf
redis-server sentinel.conf --sentinel >sentinel.log 2>&1 &
pids+=($!)
until_says "$sentinel" "$replica" sentinel replicas m
ask eval "for i = 1, 3000 do redis.call('SET', 'k' .. i, i) end" 0 >/dev/null || true
ask bgsave >/dev/null
child=
for _ in {1..100}; do
    child=$(ps -o pid= --ppid "${pids[0]}" | tr -d ' ' || true)
    if [[ -n $child ]]; then break; fi
    sleep 0.1
done
kill -9 "$child"
until_says "$master" rdb_last_bgsave_status:err info persistence
{
    ask info server | tr -d '\r' | grep '^redis_version'
    for command in "set k1 2" "get k1" "echo there" ping; do
        read -ra words <<<"$command"
        echo "$command: $(ask "${words[@]}")"
    done
    env/bin/python look.py "$master"
    java -cp 'jars/*' Look.java "$master" 2>/dev/null
    redis-cli -p "$sentinel" sentinel set m down-after-milliseconds 3000 >/dev/null
    until_says "$sentinel" "$replica" sentinel get-master-addr-by-name m
    echo "Sentinel: the master is down, $(redis-cli -p "$replica" role | sed -n 1p) is what the replica is now"
    echo "and the one that is down answers: get k1: $(ask get k1)"
} >seen
cat seen
[[ $(cat seen) == "redis_version:7.0.15
set k1 2: MISCONF
get k1: 1
echo there: there
ping: MISCONF
redis-py, plain, GET: 1
redis-py, with health checks, GET: MISCONF
Jedis, testOnBorrow false, GET: 1
Jedis, testOnBorrow true, GET: Could not get a resource from the pool
Sentinel: the master is down, master is what the replica is now
and the one that is down answers: get k1: 1" ]] || { echo "it behaves otherwise now" >&2; tail -3 sentinel.log >&2; exit 1; }
