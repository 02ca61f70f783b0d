#!/usr/bin/env bash
# Apache Kafka 3.9.2 with its own Java client; PyPI confluent-kafka 2.8.0 (librdkafka) and aiokafka 0.14.0, Python 3; seen on 29 November 2026.
# Wants Java and Maven.
#
# Guess:  a topic that is too slow gets a second partition while its consumers run. They learn of it by themselves within their metadata.max.age (five minutes), and what was put
#         there meanwhile waits, as messages in Kafka do: the group is known, has committed its places, and has missed nothing so far.
# Seen:   all that came before a consumer learns of it is passed over. The group has no place in the new partition, so its consumers begin at the end (auto.offset.reset is
#         "latest" in all three unless it is set): none of the ten is ever handed out, the next one after that is.
# For us: to add partitions under load with the defaults loses up to five minutes of texts, and nobody is told. With "earliest" it begins at the first one there is; a group that has
#         committed ignores it everywhere else. Muster's queue has "earliest" (src/io/kafka_member.c).
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
env/bin/pip install -q confluent-kafka==2.8.0 aiokafka==0.14.0
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
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

SERVERS = sys.argv[1]
admin = AdminClient({"bootstrap.servers": SERVERS})


def topic(name):
    for made in admin.create_topics([NewTopic(name, 1, 1)], operation_timeout=180).values():
        made.result(180)
    return name


def put(name, partition, texts):
    producer = Producer({"bootstrap.servers": SERVERS})
    for text in texts:
        producer.produce(name, text.encode(), partition=partition)
    assert producer.flush(60) == 0


def grow(name):
    for made in admin.create_partitions([NewPartitions(name, 2)], operation_timeout=180).values():
        made.result(180)
    time.sleep(1)
    put(name, 1, [f"new {i}" for i in range(10)])


def tell(what, got):
    print(f"{what}: {', '.join(sorted(got))}", flush=True)


def librdkafka():
    name = topic("librdkafka")
    c = Consumer({"bootstrap.servers": SERVERS, "group.id": name, "topic.metadata.refresh.interval.ms": 5000})
    c.subscribe([name])
    got = []

    def take(seconds, until=lambda: True):
        end = time.monotonic() + seconds
        while time.monotonic() < end or not until():
            m = c.poll(0.1)
            if m is not None and not m.error():
                got.append(m.value().decode())

    take(5, c.assignment)
    put(name, 0, ["old"])
    take(2, lambda: got)
    c.commit(asynchronous=False)
    grow(name)
    take(5, lambda: len(c.assignment()) == 2)
    put(name, 1, ["last"])
    take(5, lambda: "last" in got)
    tell("librdkafka", got)
    c.close()


async def aio():
    name = topic("aio")
    c = AIOKafkaConsumer(name, bootstrap_servers=SERVERS, group_id=name, metadata_max_age_ms=5000)
    await c.start()
    got = []

    async def take(seconds, until=lambda: True):
        end = time.monotonic() + seconds
        while time.monotonic() < end or not until():
            got.extend(m.value.decode() for some in (await c.getmany(timeout_ms=100)).values() for m in some)

    await take(5, c.assignment)
    put(name, 0, ["old"])
    await take(2, lambda: got)
    await c.commit()
    grow(name)
    await take(5, lambda: len(c.assignment()) == 2)
    put(name, 1, ["last"])
    await take(5, lambda: "last" in got)
    tell("aiokafka", got)
    await c.stop()


librdkafka()
asyncio.run(aio())
PY
cat >Look.java <<'JAVA'
import java.time.Duration;
import java.util.*;
import java.util.function.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.*;

public class Look {
    static KafkaConsumer<String, String> c;
    static List<String> got = new ArrayList<>();
    static Map<String, Object> servers;

    static void take(int seconds, BooleanSupplier until) {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end || !until.getAsBoolean()) c.poll(Duration.ofMillis(100)).forEach(m -> got.add(m.value()));
    }

    static void put(int partition, String... texts) {
        try (var p = new KafkaProducer<String, String>(servers, new StringSerializer(), new StringSerializer())) {
            for (String text : texts) p.send(new ProducerRecord<>("java", partition, null, text));
        }
    }

    public static void main(String[] args) throws Exception {
        servers = Map.of("bootstrap.servers", args[0]);
        try (var admin = Admin.create(servers)) {
            admin.createTopics(List.of(new NewTopic("java", 1, (short) 1))).all().get();
            c = new KafkaConsumer<>(Map.of("bootstrap.servers", args[0], "group.id", "java", "metadata.max.age.ms", 5000),
                new StringDeserializer(), new StringDeserializer());
            c.subscribe(List.of("java"));
            take(5, () -> c.assignment().size() == 1);
            put(0, "old");
            take(2, () -> got.size() == 1);
            c.commitSync();
            admin.createPartitions(Map.of("java", NewPartitions.increaseTo(2))).all().get();
            Thread.sleep(1000);
            put(1, "new 0", "new 1", "new 2", "new 3", "new 4", "new 5", "new 6", "new 7", "new 8", "new 9");
            take(5, () -> c.assignment().size() == 2);
            put(1, "last");
            take(5, () -> got.contains("last"));
            Collections.sort(got);
            System.out.println("Java: " + String.join(", ", got));
            System.exit(0);
        }
    }
}
JAVA
{
    timeout 200 java -cp 'jars/*' Look.java "127.0.0.1:$port" 2>java.log || { cat java.log; tail -5 broker.log; exit 1; }
    timeout 400 env/bin/python look.py "127.0.0.1:$port" 2>look.log || { cat look.log; tail -5 broker.log; exit 1; }
} | tee seen
[[ $(cat seen) == "Java: last, old
librdkafka: last, old
aiokafka: last, old" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
