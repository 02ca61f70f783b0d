#!/usr/bin/env bash
# Apache Kafka 3.9.2 with its own Java client; PyPI confluent-kafka 2.8.0 (librdkafka), aiokafka 0.14.0 and kafka-python 3.0.12, npm kafkajs 2.2.4, Node 20; seen on
# 29 November 2026. Wants Java and Maven.
#
# Guess:  a topic with max.message.bytes=10000 refuses a message that is larger, and takes a hundred of a thousand bytes each. What a client puts together on the way
#         (a batch) is its own business, and the Java client even divides one that is too large.
# Seen:   it is the batch that is measured. Sent one by one all go; sent quickly none of a hundred is taken by librdkafka and kafkajs ("too large", each of
#         them, at once and for good), and nearly none by aiokafka. The Java client divides by its batch.size (16384 unless set), which gives the same batch again and again, until
#         delivery.timeout.ms (two minutes) is over: a TimeoutException then, in which no size is named. Only with a batch.size below the topic's bound it is
#         right. kafka-python divides until it fits; they all arrive, but its flush() raises UnknownError.
# For us: a bound on a topic, so that nobody puts pictures into it, refuses texts of 300 bytes on the day of the big campaign and never in a test. The bound has to be above
#         each producer's batch, or the batch below the bound.
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
from collections import Counter

from aiokafka import AIOKafkaProducer
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
from kafka import KafkaProducer

SERVERS = sys.argv[1]
TEXT = b"x" * 1000
admin = AdminClient({"bootstrap.servers": SERVERS})
names = [f"small{i}" for i in range(7)]
for made in admin.create_topics([NewTopic(n, 1, 1, config={"max.message.bytes": "10000"}) for n in names],
                                operation_timeout=180).values():
    made.result(180)


def confluent(topic, one_by_one):
    said = Counter()
    p = Producer({"bootstrap.servers": SERVERS, "linger.ms": 0 if one_by_one else 500})
    for _ in range(100):
        p.produce(topic, TEXT, callback=lambda error, _: said.update([error.name() if error else "taken"]))
        if one_by_one:
            p.flush(60)
    p.flush(60)
    return dict(said)


async def aio(topic):
    p = AIOKafkaProducer(bootstrap_servers=SERVERS, linger_ms=500)
    await p.start()
    sent = [await p.send(topic, TEXT) for _ in range(100)]
    said = Counter(type(r).__name__ for r in await asyncio.gather(*sent, return_exceptions=True))
    await p.stop()
    return "nearly all " + said.most_common(1)[0][0] if said.most_common(1)[0][1] >= 90 else dict(said)


def python(topic):
    p = KafkaProducer(bootstrap_servers=SERVERS, linger_ms=500)
    sent = [p.send(topic, TEXT) for _ in range(100)]
    try:
        p.flush(60)
        flush = "fine"
    except Exception as e:
        flush = type(e).__name__
    return sum(f.get(60).offset >= 0 for f in sent), "taken, flush:", flush


print("librdkafka, one by one:", confluent("small0", True))
print("librdkafka, quickly:", confluent("small1", False))
print("aiokafka, quickly:", asyncio.run(aio("small2")))
print("kafka-python, quickly:", *python("small3"))
PY
cat >look.js <<'JS'
const {Kafka, logLevel} = require('kafkajs');

async function main() {
  const p = new Kafka({brokers: [process.argv[2]], logLevel: logLevel.NOTHING}).producer();
  await p.connect();
  const messages = Array.from({length: 100}, () => ({value: 'x'.repeat(1000)}));
  const said = await p.send({topic: 'small4', messages}).then(() => 'taken', (e) => e.type);
  console.log('kafkajs, quickly:', said);
  process.exit();
}
main();
JS
cat >Look.java <<'JAVA'
import java.util.*;
import java.util.concurrent.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public class Look {
    public static void main(String[] args) throws Exception {
        for (String size : new String[] {"16384", "9000"}) {
            var settings = new HashMap<String, Object>(Map.of("bootstrap.servers", args[0], "linger.ms", "500", "batch.size", size,
                    "request.timeout.ms", "5000", "delivery.timeout.ms", "8000"));
            var said = new TreeMap<String, Integer>();
            try (var p = new KafkaProducer<byte[], byte[]>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                String topic = size.equals("9000") ? "small6" : "small5";
                p.partitionsFor(topic);
                var sent = new ArrayList<Future<RecordMetadata>>();
                for (int i = 0; i < 100; i++) sent.add(p.send(new ProducerRecord<>(topic, new byte[1000])));
                for (var f : sent) {
                    try {
                        f.get();
                        said.merge("taken", 1, Integer::sum);
                    } catch (ExecutionException e) {
                        said.merge(e.getCause().getClass().getSimpleName(), 1, Integer::sum);
                    }
                }
            }
            int most = Collections.max(said.values());
            System.out.println("Java, quickly, batch.size " + size + ": "
                    + said.entrySet().stream().filter(e -> e.getValue() == most).findFirst().get().getKey() + (most == 100 ? "" : most > 80 ? ", nearly all" : " " + said));
        }
        System.exit(0);
    }
}
JAVA
{
    timeout 200 env/bin/python look.py "127.0.0.1:$port" 2>look.log || { cat look.log; tail -5 broker.log; exit 1; }
    timeout 100 node look.js "127.0.0.1:$port"
    timeout 100 java -cp 'jars/*' Look.java "127.0.0.1:$port" 2>java.log
} | tee seen
[[ $(cat seen) == "librdkafka, one by one: {'taken': 100}
librdkafka, quickly: {'MSG_SIZE_TOO_LARGE': 100}
aiokafka, quickly: nearly all MessageSizeTooLargeError
kafka-python, quickly: 100 taken, flush: UnknownError
kafkajs, quickly: MESSAGE_TOO_LARGE
Java, quickly, batch.size 16384: TimeoutException
Java, quickly, batch.size 9000: taken" ]] || { echo "it behaves otherwise now" >&2; cat java.log >&2; exit 1; }
