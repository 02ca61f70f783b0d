#!/usr/bin/env bash
# npm ioredis 6.0.0 and Maven io.lettuce:lettuce-core 6.8.1 beside npm redis 6.3.1 (node-redis), Maven redis.clients:jedis 6.2.0 and PyPI redis 8.1.0, Node 20,
# Java 17, Python 3, Debian 12's redis-server 7.0.15; seen on 29 November 2026.
#
# Guess:  WATCH a stock of one, read it, and then the connection is lost and made anew while somebody else sells the last one: MULTI, SET, EXEC changes
#         nothing. The server forgot what was watched together with the connection, so the client has to say that; it connects again by itself, after all.
# Seen:   ioredis and Lettuce connect again and say nothing: EXEC says OK, and the last one is sold twice. What is there to keep two programs from
#         overwriting each other is off from a lost connection to the next WATCH, with no error. node-redis counts its connections and refuses ("Client
#         reconnected after WATCH"); Jedis and redis-py end with an error of the connection or of the WATCH.
# For us: a restart of Redis, or an idle timeout of a proxy between a WATCH and its EXEC, is enough. What has to be one step is one script: it
#         has no half that a connection could lose. Muster has no WATCH at all.
set -euo pipefail
command -v redis-server >/dev/null || { echo "needs Debian's package redis-server"; exit 1; }
dir=$(mktemp -d)
trap '[[ -z ${pid:-} ]] || kill "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>x</groupId><artifactId>x</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency><groupId>io.lettuce</groupId><artifactId>lettuce-core</artifactId><version>6.8.1.RELEASE</version></dependency>
    <dependency><groupId>redis.clients</groupId><artifactId>jedis</artifactId><version>6.2.0</version></dependency></dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars >mvn.log 2>&1 || { cat mvn.log >&2; exit 1; }
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ioredis@6.0.0 redis@6.3.1 >/dev/null
python3 -m venv env
env/bin/pip install -q redis==8.1.0
cat >look.js <<'JS'
const Redis = require('ioredis');
const {createClient} = require('redis');

const url = 'redis://127.0.0.1:' + process.argv[2];

async function main() {
  const others = createClient({url});
  await others.connect();
  const loses = async (id, connected) => {
    await others.sendCommand(['CLIENT', 'KILL', 'ID', String(id)]);
    await connected;
    await others.set('stock', '0');
  };
  const a = new Redis(url);
  await a.set('stock', '1');
  await a.watch('stock');
  let seen = await a.get('stock');
  await loses(await a.client('ID'), new Promise((done) => a.once('ready', done)));
  let said = await a.multi().set('stock', 'ours').exec().then((all) => all && all[0][1], () => 'an error');
  console.log('ioredis read', seen + ',', 'EXEC:', said + ',', 'stock:', await others.get('stock'));

  const b = createClient({url});
  b.on('error', () => {});
  await b.connect();
  await b.set('stock', '1');
  await b.watch('stock');
  seen = await b.get('stock');
  await loses(await b.sendCommand(['CLIENT', 'ID']), new Promise((done) => b.once('ready', done)));
  said = await b.multi().set('stock', 'ours').exec().then((all) => all[0], () => 'an error');
  console.log('node-redis read', seen + ',', 'EXEC:', said + ',', 'stock:', await others.get('stock'));
  process.exit();
}
main();
JS
cat >Look.java <<'JAVA'
import io.lettuce.core.*;
import redis.clients.jedis.*;

public class Look {
    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[0]);
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
        var others = client.connect().sync();
        var a = client.connect().sync();
        a.set("stock", "1");
        a.watch("stock");
        String seen = a.get("stock");
        long id = a.clientId();
        others.clientKill(KillArgs.Builder.id(id));
        others.set("stock", "0");
        String said = null;
        while (said == null) {
            try {
                if (a.clientId() != id) said = "connected again";
            } catch (RedisException e) {
                // not yet
            }
        }
        try {
            a.multi();
            a.set("stock", "ours");
            said = String.valueOf((Object) a.exec().get(0));
        } catch (RuntimeException e) {
            said = "an error";
        }
        System.out.println("lettuce read " + seen + ", EXEC: " + said + ", stock: " + others.get("stock"));
        try (Jedis b = new Jedis("127.0.0.1", port)) {
            b.set("stock", "1");
            b.watch("stock");
            seen = b.get("stock");
            others.clientKill(KillArgs.Builder.id(b.clientId()));
            others.set("stock", "0");
            Transaction t = b.multi();
            t.set("stock", "ours");
            said = String.valueOf(t.exec());
        } catch (RuntimeException e) {
            said = "an error";
        }
        System.out.println("jedis read " + seen + ", EXEC: " + said + ", stock: " + others.get("stock"));
        System.exit(0);
    }
}
JAVA
cat >look.py <<'PY'
import sys

import redis

others = redis.Redis(port=int(sys.argv[1]), decode_responses=True)
p = redis.Redis(port=int(sys.argv[1]), decode_responses=True).pipeline()
others.set("stock", "1")
p.watch("stock")
seen = p.get("stock")
others.client_kill_filter(_id=str(p.immediate_execute_command("CLIENT", "ID")))
others.set("stock", "0")
p.multi()
p.set("stock", "ours")
try:
    said = p.execute()
except redis.RedisError:
    said = "an error"
print(f"redis-py read {seen}, EXEC: {said}, stock: {others.get('stock')}")
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --port "$port" --bind 127.0.0.1 --save "" --dir "$dir" >log &
pid=$!
until [[ $(redis-cli -p "$port" ping 2>/dev/null) == PONG ]]; do kill -0 "$pid"; sleep 0.1; done
seen=$(timeout 100 node look.js "$port"; timeout 100 java -cp 'jars/*' Look.java "$port" 2>/dev/null; timeout 100 env/bin/python look.py "$port")
printf '%s\n' "$seen"
[[ $seen == "ioredis read 1, EXEC: OK, stock: ours
node-redis read 1, EXEC: an error, stock: 0
lettuce read 1, EXEC: OK, stock: ours
jedis read 1, EXEC: an error, stock: 0
redis-py read 1, EXEC: an error, stock: 0" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
