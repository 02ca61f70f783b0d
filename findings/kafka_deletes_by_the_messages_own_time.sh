#!/usr/bin/env bash
# Apache Kafka 3.9.2, PyPI confluent-kafka 2.8.0 (librdkafka), Python 3; seen on 29 November 2026. Wants Java and Maven.
#
# Guess:  retention.ms (a week unless set) counts from when Kafka got a message. What was put in a minute ago is there for a week, whatever time stands in it.
# Seen:   it counts from the message's own time, which the producer sets. Answers of last week that are put in today with the time at which they were written are acknowledged, and gone
#         with the broker's next look (every five minutes): the consumer that comes after that begins behind them, with no error, for "earliest" is the first that is left.
#         And one message with a time to come, of a phone or gateway whose clock is a year ahead, keeps all that stands beside it for as long, though a second is all that the
#         topic allows.
# For us: who brings old answers in through Kafka (a door that was away, a move) gives them the time of now and keeps their own in the text, or sets
#         message.timestamp.type=LogAppendTime, with which all of this is as guessed. What has to be deleted after so many days is not deleted by retention.ms alone.
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
# Five minutes unless set; here a second.
log.retention.check.interval.ms=1000
log.segment.delete.delay.ms=0
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
import sys
import time

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

SERVERS = sys.argv[1]
DAY_S = 24 * 3600
admin = AdminClient({"bootstrap.servers": SERVERS})
topics = {"now": {}, "old": {}, "appended": {"message.timestamp.type": "LogAppendTime"},
          "short": {"retention.ms": "1000"}, "ahead": {"retention.ms": "1000"}}
for made in admin.create_topics([NewTopic(n, 1, 1, config=c) for n, c in topics.items()], operation_timeout=180).values():
    made.result(180)
producer = Producer({"bootstrap.servers": SERVERS})
refused = []


def put(topic, *days):
    for day in days:
        producer.produce(topic, b"STOP", timestamp=int((time.time() + day * DAY_S) * 1000),
                         callback=lambda error, _: refused.append(error) if error else None)
    producer.flush(60)


put("now", 0, 0)
put("old", -8, -8)
put("appended", -8, -8)
put("short", 0, 0)
put("ahead", 0, 365)
print("refused:", refused)
c = Consumer({"bootstrap.servers": SERVERS, "group.id": "g", "auto.offset.reset": "earliest"})


def left(topic):
    low, high = c.get_watermark_offsets(TopicPartition(topic, 0), 60)
    return high - low


end = time.monotonic() + 120
while (left("old") or left("short")) and time.monotonic() < end:
    time.sleep(0.2)
looked = time.monotonic() + 5  # some more looks of the broker
while time.monotonic() < looked:
    time.sleep(0.2)
for topic, what in (("now", "a week, of now"), ("old", "a week, of eight days ago"), ("appended", "the same with LogAppendTime"),
                    ("short", "a second, of now"), ("ahead", "a second, of now and of next year")):
    print(f"{what}: {left(topic)} of 2 left")
c.subscribe(["old"])
put("old", 0)
while not (m := c.poll(1)) or m.error():
    pass
print("the consumer that is to read all begins with number", m.offset())
PY
timeout 300 env/bin/python look.py "127.0.0.1:$port" 2>look.log | tee seen || { cat look.log; tail -5 broker.log; exit 1; }
[[ $(cat seen) == "refused: []
a week, of now: 2 of 2 left
a week, of eight days ago: 0 of 2 left
the same with LogAppendTime: 2 of 2 left
a second, of now: 0 of 2 left
a second, of now and of next year: 2 of 2 left
the consumer that is to read all begins with number 2" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
