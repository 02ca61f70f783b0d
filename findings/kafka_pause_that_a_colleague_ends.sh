#!/usr/bin/env bash
# Apache Kafka 3.9.2 with its own Java client; PyPI aiokafka 0.14.0 beside confluent-kafka 2.8.0 (librdkafka) and kafka-python 3.0.12, Python 3; seen on 29 November 2026.
# Wants Java and Maven.
#
# Guess:  a consumer that paused all of its partitions (pause(): nothing is handed out, the group knows that it lives) goes on when it says resume(). A second one
#         that joins the group takes a partition from it; what it keeps stays paused.
# Seen:   with aiokafka, and with the Java client's own defaults, the pause ends when somebody joins: what it keeps is handed out from the next poll, and paused() is
#         empty. No error, no event but that of the new partitions. With Java's CooperativeStickyAssignor, with librdkafka (range or cooperative) and with kafka-python it
#         stays paused. A test with one consumer shows nothing.
# For us: a campaign that a worker stopped in this way, or slowed down for a provider that says "too fast", goes on at full speed the moment a colleague is started, which is what
#         one does when things are slow. The listener of new partitions has to pause anew, and a stop has to stand where everybody reads it.
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
import time

from aiokafka import AIOKafkaConsumer
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic
from kafka import KafkaConsumer

SERVERS = sys.argv[1]
admin = AdminClient({"bootstrap.servers": SERVERS})
producer = Producer({"bootstrap.servers": SERVERS})


def topic(name):
    for made in admin.create_topics([NewTopic(name, 2, 1)], operation_timeout=180).values():
        made.result(180)
    return name


def put(name):
    for i in range(10):
        producer.produce(name, b"a text", partition=i % 2)
    producer.flush(60)


def tell(what, before, after):
    print(f"{what}: paused {before}, when a second one is there {after}", flush=True)


def librdkafka(strategy):
    name = topic("rd." + strategy)

    def member():
        c = Consumer({"bootstrap.servers": SERVERS, "group.id": name, "auto.offset.reset": "earliest",
                      "partition.assignment.strategy": strategy})
        c.subscribe([name])
        return c

    def take(c, seconds):
        end, got = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            m = c.poll(0.1)
            got += m is not None and m.error() is None
            if second and not len(c.assignment()) == len(second[0].assignment()) == 1:
                second[0].poll(0.1)
                end = time.monotonic() + seconds
        return got

    second = []
    first = member()
    while len(first.assignment()) < 2:
        first.poll(0.1)
    first.pause(first.assignment())
    put(name)
    before = take(first, 3)
    second.append(member())
    after = take(first, 5)
    assert len(first.assignment()) == 1
    tell(f"librdkafka, {strategy}", before, after)
    for c in first, second[0]:
        c.close()


def kafka_python():
    name = topic("python")

    def member():
        return KafkaConsumer(name, bootstrap_servers=SERVERS, group_id=name, auto_offset_reset="earliest")

    def take(c, seconds):
        end, got = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            got += sum(len(m) for m in c.poll(100).values())
            if second and not len(c.assignment()) == len(second[0].assignment()) == 1:
                second[0].poll(100)
                end = time.monotonic() + seconds
        return got

    second = []
    first = member()
    while len(first.assignment()) < 2:
        first.poll(100)
    first.pause(*first.assignment())
    put(name)
    before = take(first, 3)
    second.append(member())
    after = take(first, 5)
    assert len(first.assignment()) == 1
    tell("kafka-python", before, after)


async def aio():
    name = topic("aio")

    async def member():
        c = AIOKafkaConsumer(name, bootstrap_servers=SERVERS, group_id=name, auto_offset_reset="earliest")
        await c.start()
        return c

    async def take(c, seconds):
        end, got = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            got += sum(len(m) for m in (await c.getmany(timeout_ms=100)).values())
            if second and not len(c.assignment()) == len(second[0].assignment()) == 1:
                end = time.monotonic() + seconds
        return got

    second = []
    first = await member()
    while len(first.assignment()) < 2:
        await asyncio.sleep(0.1)
    first.pause(*first.assignment())
    put(name)
    before = await take(first, 3)
    second.append(await member())
    after = await take(first, 5)
    assert len(first.assignment()) == 1
    tell("aiokafka", before, after)
    for c in first, second[0]:
        await c.stop()


librdkafka("range")
librdkafka("cooperative-sticky")
kafka_python()
asyncio.run(aio())
PY
cat >Look.java <<'JAVA'
import java.time.Duration;
import java.util.*;
import java.util.concurrent.atomic.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.*;

public class Look {
    static Map<String, Object> settings;

    static KafkaConsumer<byte[], byte[]> member(String topic) {
        settings.put("group.id", topic);
        var c = new KafkaConsumer<byte[], byte[]>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        c.subscribe(List.of(topic));
        return c;
    }

    static int take(KafkaConsumer<byte[], byte[]> c, int seconds, AtomicInteger of) {
        int got = 0;
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end) {
            got += c.poll(Duration.ofMillis(100)).count();
            if (of != null && (of.get() != 1 || c.assignment().size() != 1)) end = System.nanoTime() + seconds * 1_000_000_000L;
        }
        return got;
    }

    public static void main(String[] args) throws Exception {
        for (String strategy : new String[] {"its defaults", "CooperativeStickyAssignor"}) {
            settings = new HashMap<>(Map.of("bootstrap.servers", args[0], "auto.offset.reset", "earliest"));
            if (strategy.startsWith("C")) settings.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer." + strategy);
            String topic = "java" + strategy.length();
            try (var admin = Admin.create(Map.of("bootstrap.servers", args[0]))) {
                admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
            }
            var first = member(topic);
            while (first.assignment().size() < 2) first.poll(Duration.ofMillis(100));
            first.pause(first.assignment());
            try (var p = new KafkaProducer<byte[], byte[]>(Map.of("bootstrap.servers", args[0]), new ByteArraySerializer(), new ByteArraySerializer())) {
                for (int i = 0; i < 10; i++) p.send(new ProducerRecord<>(topic, i % 2, null, new byte[3]));
            }
            int before = take(first, 3, null);
            var has = new AtomicInteger();
            var second = member(topic);
            Thread other = new Thread(() -> {
                while (true) {
                    second.poll(Duration.ofMillis(100));
                    has.set(second.assignment().size());
                }
            });
            other.setDaemon(true);
            other.start();
            int after = take(first, 5, has);
            System.out.println("Java, " + strategy + ": paused " + before + ", when a second one is there " + after);
        }
        System.exit(0);
    }
}
JAVA
{
    timeout 300 env/bin/python look.py "127.0.0.1:$port" 2>look.log || { cat look.log; tail -5 broker.log; exit 1; }
    timeout 100 java -cp 'jars/*' Look.java "127.0.0.1:$port" 2>java.log
} | tee seen
[[ $(cat seen) == "librdkafka, range: paused 0, when a second one is there 0
librdkafka, cooperative-sticky: paused 0, when a second one is there 0
kafka-python: paused 0, when a second one is there 0
aiokafka: paused 0, when a second one is there 5
Java, its defaults: paused 0, when a second one is there 5
Java, CooperativeStickyAssignor: paused 0, when a second one is there 0" ]] || { echo "it behaves otherwise now" >&2; cat java.log >&2; exit 1; }
