#!/usr/bin/env bash
# Apache Kafka 3.9.2; npm kafkajs 2.2.4 beside PyPI confluent-kafka 2.8.0 (librdkafka), kafka-python 3.0.12 and aiokafka 0.14.0, Node 20, Python 3; seen on 29 November 2026.
# Wants Java and Maven.
#
# Guess:  a consumer that handled all there is and committed has a lag of 0, whoever wrote it: the end of the partition less what the group committed.
# Seen:   behind a transaction it is 1 for ever with kafkajs. The mark by which a transaction ends takes a number of its own; the others step over it and commit 3 for two messages,
#         kafkajs commits 2, and there is nothing to come that would move it. Without transactions it is 0.
# For us: a script that waits for "lag 0" before it says that a campaign is through, or that takes a worker down then, waits for ever when the producer is one with transactions
#         (Kafka Streams and Connect are), and an alarm at "lag above 0 for an hour" rings each night.
set -euo pipefail
dir=$(mktemp -d)
trap '[[ -s $dir/pid ]] && kill "$(cat "$dir/pid")" 2>/dev/null; wait; rm -rf "$dir"' EXIT
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
npm init -y >/dev/null
npm install --silent --no-audit --no-fund kafkajs@2.2.4 >/dev/null
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
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
TEXT
java -cp 'jars/*' kafka.tools.StorageTool format -c server.properties -t MkU3OEVBNTcwNTJENDM2Qg >format.log 2>&1
java -Xmx512m -cp 'jars/*' kafka.Kafka server.properties >broker.log 2>&1 &
echo $! >pid
for _ in {1..1800}; do
    if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
    sleep 0.1
done
cat >look.js <<'JS'
const {Kafka, logLevel} = require('kafkajs');

async function main() {
  const consumer = new Kafka({brokers: [process.argv[2]], logLevel: logLevel.NOTHING}).consumer({groupId: 'kafkajs'});
  await consumer.connect();
  await consumer.subscribe({topics: ['plain', 'transactions'], fromBeginning: true});
  let handled = 0;
  let waiting = () => {};
  consumer.on(consumer.events.FETCH, () => waiting());
  const fetched = () => new Promise((done) => { waiting = done; });
  await consumer.run({eachMessage: async () => { handled++; }});
  while (handled < 4) await fetched();
  for (let i = 0; i < 3; i++) await fetched(); // it asked again and again behind the last one
  await consumer.disconnect(); // commits
}
main();
JS
cat >look.py <<'PY'
import asyncio
import subprocess
import sys
import time

from aiokafka import AIOKafkaConsumer
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from kafka import KafkaConsumer

SERVERS = sys.argv[1]
TOPICS = ["plain", "transactions"]
admin = AdminClient({"bootstrap.servers": SERVERS})
for made in admin.create_topics([NewTopic(t, 1, 1) for t in TOPICS], operation_timeout=180).values():
    made.result(180)
p = Producer({"bootstrap.servers": SERVERS})
t = Producer({"bootstrap.servers": SERVERS, "transactional.id": "t"})
t.init_transactions(120)
t.begin_transaction()
for text in b"one", b"two":
    p.produce("plain", text)
    t.produce("transactions", text)
p.flush(60)
t.commit_transaction(60)


def lag(group):
    parts = [TopicPartition(topic, 0) for topic in TOPICS]
    look = Consumer({"bootstrap.servers": SERVERS, "group.id": group})
    said = {c.topic: look.get_watermark_offsets(TopicPartition(c.topic, 0), 60)[1] - c.offset for c in look.committed(parts, 60)}
    print(f"{group}: lag {said['plain']}, behind a transaction {said['transactions']}", flush=True)


def librdkafka():
    c = Consumer({"bootstrap.servers": SERVERS, "group.id": "librdkafka", "auto.offset.reset": "earliest", "enable.partition.eof": True})
    c.subscribe(TOPICS)
    ends = 0
    while ends < 2:
        m = c.poll(1)
        ends += m is not None and m.error() is not None
    c.close()


def kafka_python():
    c = KafkaConsumer(*TOPICS, bootstrap_servers=SERVERS, group_id="kafka-python", auto_offset_reset="earliest")
    got, end = 0, time.monotonic() + 60
    while got < 4 and time.monotonic() < end:
        got += sum(len(m) for m in c.poll(500).values())
    for _ in range(4):
        c.poll(500)
    c.close()


async def aio():
    c = AIOKafkaConsumer(*TOPICS, bootstrap_servers=SERVERS, group_id="aiokafka", auto_offset_reset="earliest")
    await c.start()
    got, end = 0, time.monotonic() + 60
    while got < 4 and time.monotonic() < end:
        got += sum(len(m) for m in (await c.getmany(timeout_ms=500)).values())
    for _ in range(4):
        await c.getmany(timeout_ms=500)
    await c.stop()


librdkafka()
lag("librdkafka")
kafka_python()
lag("kafka-python")
asyncio.run(aio())
lag("aiokafka")
subprocess.run(["timeout", "100", "node", "look.js", SERVERS], check=True)
lag("kafkajs")
PY
timeout 300 env/bin/python look.py "127.0.0.1:$port" 2>look.log | tee seen || { cat look.log; tail -5 broker.log; exit 1; }
[[ $(cat seen) == "librdkafka: lag 0, behind a transaction 0
kafka-python: lag 0, behind a transaction 0
aiokafka: lag 0, behind a transaction 0
kafkajs: lag 0, behind a transaction 1" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
