#!/usr/bin/env bash
# Apache Kafka 3.9.2 and librdkafka 2.8.0 (of PyPI's confluent-kafka 2.8.0); seen on 28 November 2026. Wants Java and Maven.
#
# Guess:  a consumer with a group.instance.id that was restarted with another subscription joins its group like anybody
#         else: the partition of the new topic, which nobody has, is given to it.
# Seen:   the broker knows the name, sees that nobody's vote for an assignor changes, and gives back what that name had
#         before: here nothing, because another member had the only partition of the old topic. The subscription in the
#         same request is not looked at. The group is STABLE, the partition is nobody's, nothing is said, and it stays
#         so for as long as the member lives: its heartbeats keep the place. The first stranger who joins mends it.
# For us: a dispatcher with an empty place stays empty under the same name, however often it is restarted. It has to be
#         silent until the group has forgotten it (session.timeout.ms), or come under another name.
set -euo pipefail
dir=$(mktemp -d)
trap '[[ -s $dir/pid ]] && kill "$(cat "$dir/pid")" 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>x</groupId><artifactId>x</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>3.9.2</version></dependency></dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars >mvn.log 2>&1 || { cat mvn.log >&2; exit 1; }
python3 -m venv env
env/bin/pip install -q confluent-kafka==2.8.0
read -r port control < <(python3 -c '
import socket
held = [socket.socket() for _ in range(2)]
for s in held: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in held))')
cat >server.properties <<TEXT
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$control
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$control
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
log.dirs=$dir/data
offsets.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
TEXT
java -cp 'jars/*' kafka.tools.StorageTool format -c server.properties -t MkU3OEVBNTcwNTJENDM2Qg >format.log 2>&1
java -Xmx512m -cp 'jars/*' kafka.Kafka server.properties >broker.log 2>&1 &
echo $! >pid
cat >look.py <<'PY'
import sys
import time

from confluent_kafka import Consumer, libversion
from confluent_kafka.admin import AdminClient, NewTopic

SERVERS = sys.argv[1]
OTHERS = []  # they are members for as long as they are polled


def member(name, *topics):
    more = {"group.instance.id": name} if name else {}
    c = Consumer({"bootstrap.servers": SERVERS, "group.id": "g", "session.timeout.ms": 20000, **more})
    c.subscribe(list(topics))
    return c


def has(c, wanted, patience_s):
    """Waits until it has so many partitions; says what it has."""
    end = time.monotonic() + patience_s
    while len(c.assignment()) != wanted and time.monotonic() < end:
        for other in (c, *OTHERS):
            other.poll(0.1)
    return [f"{p.topic}[{p.partition}]" for p in c.assignment()]


def group():
    found, = admin.describe_consumer_groups(["g"]).values()
    return found.result()


def waits_for(members):
    while len(group().members) != members or group().state.name != "STABLE":
        for other in OTHERS:
            other.poll(0.1)


admin = AdminClient({"bootstrap.servers": SERVERS})
for made in admin.create_topics([NewTopic("one", 1, 1), NewTopic("two", 1, 1)], operation_timeout=180).values():
    made.result(180)
print(libversion()[0])
OTHERS.append(member("a", "one"))
print("a, for one:", has(OTHERS[0], 1, 180))
b = member("b", "one")
OTHERS.append(b)
waits_for(2)
print("b, for one:", has(b, 1, 3))
OTHERS.remove(b)
b.close()
b = member("b", "two")
print("b again, for two, after a minute:", has(b, 1, 60), "in a group that is", group().state.name)
OTHERS.append(member("", "one"))
print("b, when a stranger has joined:", has(b, 1, 180))
PY
timeout 600 env/bin/python look.py "127.0.0.1:$port" >seen.txt || { cat seen.txt; tail -5 broker.log; exit 1; }
cat seen.txt
wanted="2.8.0
a, for one: ['one[0]']
b, for one: []
b again, for two, after a minute: [] in a group that is STABLE
b, when a stranger has joined: ['two[0]']"
[[ $(cat seen.txt) == "$wanted" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
