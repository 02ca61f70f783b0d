#!/usr/bin/env python3
"""The journal's copy in Kafka (journal.kafka): musterd ends in a running blast, its disk is gone, an older Redis is put
back. It notices, sends nothing, and after `muster restore apply` nobody has been texted twice, nobody after their STOP.

Arguments: MUSTERD MUSTER MUSTER_SIM SOURCE [--kafka VERSION] [--people N] [--stops N] [--count N: of each, and more
than 1 tries a broker that goes, too]. Prints TAP."""
import json
import random
import shutil
import sys
import time

from cluster import Cluster
from house import House, Skipped, check, equal, options, run, until
from kafka_node import SKIPPED, Failed as NoKafka
from going_back import Blast, check_silence, copy_files, put_back, ready, wait_good, wait_noticed

ARGS = options(kafka="3.9.2", people=600, stops=6, count=1)
GATEWAY = {"rate_per_s": 500, "in_flight_max": 16}


class World(House):
    """One broker for all tests; each has topics of its own."""

    kafka = None

    def begin(self):
        for tool in ("java", "mvn"):
            if not shutil.which(tool):
                raise Skipped(f"no {tool} here")
        try:
            World.kafka = World.kafka or Cluster(ARGS.kafka, nodes=1, more="offsets.topic.replication.factor=1\n")
        except NoKafka as problem:
            if problem.code == SKIPPED:
                raise Skipped(str(problem)) from problem
            raise

    def with_copy(self, sink, how, name="one", **more):
        self.begin()
        kafka = {"brokers": World.kafka.brokers(), "partitions": 2, "replicas": 1, "topic_prefix": self.folder.name[-8:] + "."}
        return self.start_musterd(name, port=sink.port, gateway=GATEWAY, journal={"kafka": how},
                                  queue={"kind": "kafka", "lease_s": 6, "kafka": kafka}, **more)

    def lose_disk(self, folder="state"):
        shutil.rmtree(self.folder / folder)


def goes_back(world, daemon, sink, end, serial=0):
    blast = Blast(world, sink, serial)
    blast.wait_sent(random.uniform(0.1, 0.4))
    copy_files(world)
    blast.wait_sent(random.uniform(0.5, 0.8))
    blast.some_say_stop()
    end(daemon)
    world.lose_disk()
    put_back(world)
    daemon.restart()
    check("came back from Kafka's topic" in daemon.log(), "the log says where the journal came from")
    found = wait_noticed(world, daemon)
    equal(found["back"]["why"], "less", "why it went back")
    check_silence(sink, time.time() + 0.3)
    world.muster("restore", "apply", "--why", "disk and store are lost")
    wait_good(daemon)
    blast.check()


def killed_where_the_topic_is_waited_for(world):
    sink = world.sink(latency_s=0.01)
    daemon = world.with_copy(sink, "wait")
    for serial in range(ARGS.count):
        goes_back(world, daemon, sink, lambda d: d.kill(), serial)


def ended_where_it_follows(world):
    """What it had sent when it ended is there."""
    sink = world.sink(latency_s=0.01)
    daemon = world.with_copy(sink, "copy")
    for serial in range(ARGS.count):
        goes_back(world, daemon, sink, lambda d: d.stop(), serial)


def the_doctor_looks_at_the_topic(world):
    """Whether it is there, and whether it keeps what a restore needs."""
    daemon = world.with_copy(world.sink(), "copy")
    topic = world.folder.name[-8:] + ".events"
    doctor = lambda: world.muster("doctor", "--config", world.folder / "one.yaml", code=None)
    until(lambda: f"{topic}: it has one replica" in doctor(), "the topic to be made, on one broker")
    check("cleanup.policy" not in doctor() and "retention" not in doctor(), f"nothing is wrong with it: {doctor()}")
    World.kafka.tool("kafka.admin.ConfigCommand", "--alter", "--entity-type", "topics", "--entity-name", topic,
                     "--add-config", "cleanup.policy=compact,retention.ms=3600000,retention.bytes=1000000")
    said = until(lambda: "cleanup.policy=delete" in (d := doctor()) and d, "the doctor to see it")
    check("keeps records for 1 hours" in said and "by size" in said, said)
    daemon.stop()


def nothing_leaves_before_the_topic_has_it(world):
    """wait: with the broker gone, nothing is granted, and /readyz says why; then it goes on by itself."""
    sink = world.sink(latency_s=0.01)
    daemon = world.with_copy(sink, "wait")
    blast = Blast(world, sink, 0)
    blast.wait_sent(0.3)
    World.kafka.kill(0)
    until(lambda: "journal" in ready(daemon)["missing"], "/readyz to say so", 40)
    check("topic" in json.dumps(ready(daemon)), ready(daemon))
    check_silence(sink, time.time() + 0.3)
    World.kafka.mend()
    wait_good(daemon)
    world.wait_status(blast.id, "done")
    equal(sink.twice(), [], "texted twice")


def main():
    try:
        longer = (nothing_leaves_before_the_topic_has_it,) if ARGS.count > 1 else ()
        return run(ARGS, the_doctor_looks_at_the_topic, killed_where_the_topic_is_waited_for, ended_where_it_follows, *longer, world=World)
    finally:
        if World.kafka:
            World.kafka.end()


if __name__ == "__main__":
    sys.exit(main())
