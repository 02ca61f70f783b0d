#!/usr/bin/env bash
# Apache Kafka 3.9.2; PyPI aiokafka 0.14.0 and kafka-python 3.0.12 (confluent-kafka 2.8.0 makes the topics); seen on 29 November 2026. Wants Java and Maven.
#
# Guess:  a topic is deleted and made again, to empty it, while a consumer of it works on a message. Topics have ids since Kafka 2.8, so that a client can tell the
#         new one from the old; and if it cannot, its place is out of range in the new one, and auto.offset.reset (earliest) sends it to the beginning.
# Seen:   both go on at the number where they were. Three messages of the old topic were read, and five are in the new one by the time the consumer asks: it
#         gets the fourth. The first three are handed out to nobody, and no error is raised: a place is not "out of range" when the new topic
#         has come so far. With two messages in it they would have begun at the first, so a quick test shows nothing. librdkafka, which asks in the
#         background all the time, does the one or the other, as it comes.
# For us: nobody empties a topic in this way while there are consumers: end them first and delete the group's offsets, or delete the records
#         (kafka-delete-records), which leaves the numbers as they are. Blocks of Muster's queue that were passed over are published again after their time.
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
cat >look.py <<'PY'
import asyncio
import sys
import time

import aiokafka
import confluent_kafka
import kafka
from confluent_kafka.admin import AdminClient, NewTopic

SERVERS = sys.argv[1]
LOOP = asyncio.new_event_loop()
admin = AdminClient({"bootstrap.servers": SERVERS})


def make(topic):
    """Again and again, for the old one takes its time to go."""
    for _ in range(300):
        made, = admin.create_topics([NewTopic(topic, 1, 1)], operation_timeout=60).values()
        try:
            return made.result(120)
        except confluent_kafka.KafkaException as e:
            if e.args[0].code() != confluent_kafka.KafkaError.TOPIC_ALREADY_EXISTS:
                raise
            time.sleep(0.2)
    raise SystemExit("the topic was not made")


def fill(topic, *texts):
    producer = confluent_kafka.Producer({"bootstrap.servers": SERVERS})
    for text in texts:
        producer.produce(topic, text)
    assert producer.flush(120) == 0


class KafkaPython:
    def __init__(self, topic):
        self.c = kafka.KafkaConsumer(topic, bootstrap_servers=SERVERS, group_id=topic, auto_offset_reset="earliest", consumer_timeout_ms=1000,
                                     metadata_max_age_ms=1000)

    def next(self):
        return next((m.value.decode() for m in self.c), None)


class Aiokafka:
    def __init__(self, topic):
        async def begun():
            c = aiokafka.AIOKafkaConsumer(topic, bootstrap_servers=SERVERS, group_id=topic, auto_offset_reset="earliest", metadata_max_age_ms=1000)
            await c.start()
            return c
        self.c = LOOP.run_until_complete(begun())

    def next(self):
        async def asked():
            try:
                return (await asyncio.wait_for(self.c.getone(), 1)).value.decode()
            except asyncio.TimeoutError:
                return None
        return LOOP.run_until_complete(asked())


def until(consumer, last):
    read, end = [], time.monotonic() + 120
    while last not in read and time.monotonic() < end:
        text = consumer.next()
        if text:
            read.append(text)
    return read


for kind in KafkaPython, Aiokafka:
    topic = kind.__name__.lower()
    make(topic)
    fill(topic, "old 1", "old 2", "old 3")
    consumer = kind(topic)
    print(topic, "of the old:", until(consumer, "old 3"), flush=True)
    # Nobody asks it for a message from here until the new topic is full, as if it worked on the last one.
    deleted, = admin.delete_topics([topic], operation_timeout=60).values()
    deleted.result(120)
    make(topic)
    fill(topic, *(f"new {n}" for n in range(1, 6)))
    print(topic, "of the new:", until(consumer, "new 5"), flush=True)
PY
timeout 800 env/bin/python look.py "127.0.0.1:$port" >seen.txt 2>look.log || { cat seen.txt; tail -5 look.log broker.log; exit 1; }
cat seen.txt
[[ $(cat seen.txt) == "kafkapython of the old: ['old 1', 'old 2', 'old 3']
kafkapython of the new: ['new 4', 'new 5']
aiokafka of the old: ['old 1', 'old 2', 'old 3']
aiokafka of the new: ['new 4', 'new 5']" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
