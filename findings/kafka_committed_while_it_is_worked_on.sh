#!/usr/bin/env bash
# Apache Kafka 3.9.2; PyPI confluent-kafka 2.8.0 (librdkafka) and aiokafka 0.14.0 beside kafka-python 3.0.12; seen on 29 November 2026. Wants Java and Maven.
#
# Guess:  a consumer that commits by itself (enable.auto.commit, on unless it is set) is "at least once": what was handed out is committed when the program
#         asks for the next one. One that is killed in the middle of a message gets that message again.
# Seen:   confluent-kafka and aiokafka count a message as done the moment they hand it out, and commit it from a thread or task of their own, every five
#         seconds. The program still works on "one" when the broker has written down that it is through; kill -9 then, and the next one begins
#         with "two". "one" is gone, nobody tells. kafka-python commits when it is asked for more, so there it comes again. A test with quick
#         work does not show it: it takes a message that is worked on when the five seconds are over, which is any that waits for a slow provider.
# For us: a worker that texts somebody for each message, with the settings that all quick starts have, loses the one it was at. enable.auto.offset.store
#         off and store_offsets() after the work, or a commit by hand, is what keeps it. Muster acknowledges what is done, by itself.
set -euo pipefail
dir=$(mktemp -d)
trap '[[ ! -s $dir/pid ]] || kill "$(cat "$dir/pid")" 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
cd "$dir"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>x</groupId><artifactId>x</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>3.9.2</version></dependency></dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars >mvn.log 2>&1 || { cat mvn.log >&2; exit 1; }
python3 -m venv env
env/bin/pip install -q confluent-kafka==2.8.0 aiokafka==0.14.0 kafka-python==3.0.12
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
# Each takes one message after the other from the topic of its name, says which, and works on it for as long as it is told.
cat >confluent-kafka.py <<'PY'
import sys
import time

from confluent_kafka import Consumer

servers, name, work_s = sys.argv[1:]
c = Consumer({"bootstrap.servers": servers, "group.id": name, "auto.offset.reset": "earliest"})
c.subscribe([name])
while True:
    m = c.poll(1)
    if m and not m.error():
        print(m.value().decode(), flush=True)
        time.sleep(float(work_s))
PY
cat >aiokafka.program.py <<'PY'
import asyncio
import sys

from aiokafka import AIOKafkaConsumer

servers, name, work_s = sys.argv[1:]


async def main():
    c = AIOKafkaConsumer(name, bootstrap_servers=servers, group_id=name, auto_offset_reset="earliest")
    await c.start()
    async for m in c:
        print(m.value.decode(), flush=True)
        await asyncio.sleep(float(work_s))


asyncio.run(main())
PY
cat >kafka-python.py <<'PY'
import sys
import time

from kafka import KafkaConsumer

servers, name, work_s = sys.argv[1:]
for m in KafkaConsumer(name, bootstrap_servers=servers, group_id=name, auto_offset_reset="earliest"):
    print(m.value.decode(), flush=True)
    time.sleep(float(work_s))
PY
cat >look.py <<'PY'
import subprocess
import sys
import time

from confluent_kafka import ConsumerGroupTopicPartitions, Producer
from confluent_kafka.admin import AdminClient, NewTopic

SERVERS = sys.argv[1]
PROGRAMS = {"confluent-kafka": "confluent-kafka.py", "aiokafka": "aiokafka.program.py", "kafka-python": "kafka-python.py"}
admin = AdminClient({"bootstrap.servers": SERVERS})


def committed(name):
    answer, = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(name)]).values()
    return [p.offset for p in answer.result(60).topic_partitions]


def begin(name):
    p = subprocess.Popen([sys.executable, PROGRAMS[name], SERVERS, name, "3600"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return p, p.stdout.readline().strip()


for made in admin.create_topics([NewTopic(name, 1, 1) for name in PROGRAMS], operation_timeout=180).values():
    made.result(180)
producer = Producer({"bootstrap.servers": SERVERS})
for name in PROGRAMS:
    for text in "one", "two", "three":
        producer.produce(name, text)
assert producer.flush(120) == 0
for name in PROGRAMS:
    first, text = begin(name)
    end = time.monotonic() + (20 if name == "kafka-python" else 120)
    while not committed(name) and time.monotonic() < end:
        time.sleep(0.5)
    print(f"{name} works on {text!r}, committed: {committed(name) or 'nothing'}", flush=True)
    first.kill()
    first.wait()
    second, text = begin(name)  # it is given the partition when the broker has missed the first for long enough
    print(f"{name}, begun again, works on {text!r}", flush=True)
    second.kill()
    second.wait()
PY
timeout 800 env/bin/python look.py "127.0.0.1:$port" >seen.txt || { cat seen.txt; tail -5 broker.log; exit 1; }
cat seen.txt
[[ $(cat seen.txt) == "confluent-kafka works on 'one', committed: [1]
confluent-kafka, begun again, works on 'two'
aiokafka works on 'one', committed: [1]
aiokafka, begun again, works on 'two'
kafka-python works on 'one', committed: nothing
kafka-python, begun again, works on 'one'" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
