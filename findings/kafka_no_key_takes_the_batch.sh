#!/usr/bin/env bash
# Apache Kafka 3.9.2 with its own Java client; PyPI confluent-kafka 2.8.0 (librdkafka), aiokafka 0.14.0 and kafka-python 3.0.12, Python 3; seen on 29 November 2026.
# Wants Java and Maven.
#
# Guess:  a topic that keeps the newest word on each person (cleanup.policy=compact: who said STOP) takes no message without a key, for nobody knows whom it is about. A
#         program that sends four, one of them without (a number that could not be read), gets an error for that one, and three are kept.
# Seen:   none is kept. What a client puts together on the way is one batch, and one message without a key refuses all of it: Ann's and Eve's STOP are gone with it. Java and
#         kafka-python name the one and say of the others that they were in a bad batch, which neither tries again; librdkafka says of all four that the record is not valid,
#         aiokafka "UnknownError" four times. One at a time (what a test does) each stands for itself, and under load a batch is hundreds.
# For us: the errors of a producer are read message by message, and whoever was in a bad batch is sent again; what has no key is stopped before Kafka. Muster's topics are
#         not compacted.
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
group.initial.rebalance.delay.ms=0
TEXT
java -cp 'jars/*' kafka.tools.StorageTool format -c server.properties -t MkU3OEVBNTcwNTJENDM2Qg >format.log 2>&1
java -Xmx512m -cp 'jars/*' kafka.Kafka server.properties >broker.log 2>&1 &
echo $! >pid
for _ in {1..1800}; do
    if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
    sleep 0.1
done
cat >look.py <<'PY'
import asyncio
import sys

from aiokafka import AIOKafkaProducer
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from kafka import KafkaProducer

SERVERS = sys.argv[1]
WHO = [b"Ann", b"Bob", None, b"Eve"]
admin = AdminClient({"bootstrap.servers": SERVERS})
consumer = Consumer({"bootstrap.servers": SERVERS, "group.id": "x"})


def name(key):
    return key.decode() if key else "without a key"


def topic(what):
    for made in admin.create_topics([NewTopic(what, 1, 1, config={"cleanup.policy": "compact"})], operation_timeout=180).values():
        made.result(180)
    return what


def kept(what, client):
    print(f"{client}: {consumer.get_watermark_offsets(TopicPartition(what, 0), timeout=60)[1]} kept", flush=True)


def librdkafka(what, linger_ms, one_at_a_time=False):
    producer = Producer({"bootstrap.servers": SERVERS, "linger.ms": linger_ms})
    for key in WHO:
        producer.produce(topic_of[what], b"STOP", key=key,
                         on_delivery=lambda error, m: None if one_at_a_time else print("  " + name(m.key()) + ":", error and error.name()))
        if one_at_a_time:
            producer.flush(60)
    assert producer.flush(60) == 0
    kept(topic_of[what], what)


topic_of = {what: topic(f"t{i}") for i, what in enumerate(["librdkafka", "librdkafka, one at a time", "kafka-python", "aiokafka", "Java"])}
librdkafka("librdkafka", 2000)
librdkafka("librdkafka, one at a time", 0, True)

producer = KafkaProducer(bootstrap_servers=SERVERS, linger_ms=2000)
for key, future in [(key, producer.send(topic_of["kafka-python"], key=key, value=b"STOP")) for key in WHO]:
    try:
        future.get(60)
    except Exception as e:
        print("  " + name(key) + ":", type(e).__name__)
kept(topic_of["kafka-python"], "kafka-python")


async def aio():
    producer = AIOKafkaProducer(bootstrap_servers=SERVERS, linger_ms=2000)
    await producer.start()
    for key, future in [(key, await producer.send(topic_of["aiokafka"], key=key, value=b"STOP")) for key in WHO]:
        try:
            await future
        except Exception as e:
            print("  " + name(key) + ":", type(e).__name__)
    await producer.stop()


asyncio.run(aio())
kept(topic_of["aiokafka"], "aiokafka")
PY
cat >Look.java <<'JAVA'
import java.util.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.*;

public class Look {
    public static void main(String[] args) {
        Map<String, Object> settings = Map.of("bootstrap.servers", args[0], "linger.ms", 2000);
        long[] kept = {0};
        try (var p = new KafkaProducer<String, String>(settings, new StringSerializer(), new StringSerializer())) {
            for (String key : new String[] {"Ann", "Bob", null, "Eve"})
                p.send(new ProducerRecord<>("t4", key, "STOP"), (m, e) -> {
                    if (e == null) kept[0]++;
                    else System.out.println("  " + (key == null ? "without a key" : key) + ": " + e.getClass().getSimpleName());
                });
        }
        System.out.println("Java: " + kept[0] + " kept");
    }
}
JAVA
{
    timeout 300 env/bin/python look.py "127.0.0.1:$port" 2>look.log || { cat look.log; tail -5 broker.log; exit 1; }
    timeout 100 java -cp 'jars/*' Look.java "127.0.0.1:$port" 2>java.log
} | tee seen
[[ $(cat seen) == "  Ann: INVALID_RECORD
  Bob: INVALID_RECORD
  without a key: INVALID_RECORD
  Eve: INVALID_RECORD
librdkafka: 0 kept
librdkafka, one at a time: 3 kept
  Ann: KafkaError
  Bob: KafkaError
  without a key: InvalidRecordError
  Eve: KafkaError
kafka-python: 0 kept
  Ann: UnknownError
  Bob: UnknownError
  without a key: UnknownError
  Eve: UnknownError
aiokafka: 0 kept
  Ann: KafkaException
  Bob: KafkaException
  without a key: InvalidRecordException
  Eve: KafkaException
Java: 0 kept" ]] || { echo "it behaves otherwise now" >&2; cat java.log >&2; exit 1; }
