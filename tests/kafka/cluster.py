"""Three nodes of Apache Kafka, as people run it: replicated three times, two of them enough. Its own tools do what an
operator does; how it stands is asked on the wire (Metadata, version 1)."""
import collections
import json
import pathlib
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time

from kafka_node import JAVA, QUIET, Node, classpath, free_ports, new_cluster_id

NODES = 3
IN_SYNC_WITHIN_S = 90
ASK_AGAIN_S = 0.1

Partition = collections.namedtuple("Partition", "leader replicas in_sync")

PROPERTIES = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=INTERNAL://127.0.0.1:{internal},CONTROLLER://127.0.0.1:{controller}{client_listener}
advertised.listeners=INTERNAL://127.0.0.1:{internal}{client_listener}
listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:{protocol}
controller.listener.names=CONTROLLER
inter.broker.listener.name=INTERNAL
log.dirs={dir}/data
auto.create.topics.enable=false
offsets.topic.num.partitions=4
# tests do not wait: groups form at once, a lease may be short, and who is dead is seen to be soon
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=500
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
"""


class Cluster:
    """`more` are further lines of server.properties; client_protocol: of a listener CLIENT besides that of the nodes."""

    def __init__(self, version, nodes=NODES, client_protocol=None, more="", storage_options=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-cluster-"))
        self.jars = classpath(self.folder, version)
        ports = free_ports(3 * nodes)
        self.internal, controllers, self.clients = ports[:nodes], ports[nodes:2 * nodes], ports[2 * nodes:]
        voters = ",".join(f"{i + 1}@127.0.0.1:{port}" for i, port in enumerate(controllers))
        self.nodes = [Node(self.folder / f"node{i + 1}", self.jars) for i in range(nodes)]
        cluster_id = new_cluster_id()

        def prepare(i):
            listener = f",CLIENT://127.0.0.1:{self.clients[i]}" if client_protocol else ""
            self.nodes[i].prepare(PROPERTIES.format(
                node=i + 1, voters=voters, internal=self.internal[i], controller=controllers[i], client_listener=listener,
                protocol=client_protocol or "PLAINTEXT", dir=self.nodes[i].folder) + more, cluster_id, *storage_options)
        self.for_each(prepare)
        self.start_all()

    def for_each(self, what):
        """At once: the JVMs wait more than they work."""
        problems = []

        def guarded(i):
            try:
                what(i)
            except Exception as problem:  # told below, where somebody sees it
                problems.append(problem)
        threads = [threading.Thread(target=guarded, args=(i,)) for i in range(len(self.nodes))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        if problems:
            raise problems[0]

    # ---- life ----

    def start(self, i):
        self.nodes[i].launch()
        self.nodes[i].wait_ready(self.internal[i])

    def start_all(self):
        for node in self.nodes:  # not from threads: a node ends with the thread that started it
            node.launch()
        self.for_each(lambda i: self.nodes[i].wait_ready(self.internal[i]))
        self.wait_in_sync()

    def mend(self):
        """Whoever is not there is started; the cluster is whole again."""
        for i, node in enumerate(self.nodes):
            if node.process.poll() is not None:
                self.start(i)
        self.wait_in_sync()

    def stop(self, i):
        self.nodes[i].stop()

    def kill(self, i):
        self.nodes[i].stop(kill=True)

    def kill_all(self):
        for node in self.nodes:
            node.process.kill()
        for i in range(len(self.nodes)):
            self.kill(i)

    def end(self):
        self.kill_all()
        shutil.rmtree(self.folder, ignore_errors=True)

    def brokers(self):
        return ",".join(f"127.0.0.1:{port}" for port in self.internal)

    def client_brokers(self):
        return ",".join(f"127.0.0.1:{port}" for port in self.clients)

    # ---- how it stands ----

    def metadata(self):
        """(ids of the nodes that are there, {(topic, partition): Partition}); None when nobody answers."""
        for port in self.internal:
            try:
                return ask_metadata(port)
            except (OSError, struct.error):
                pass
        return None

    def wait_in_sync(self, patience_s=IN_SYNC_WITHIN_S, topic=None):
        """All nodes are there, and each partition is whole; there are some of the topic."""
        end = time.monotonic() + patience_s
        while True:
            found = self.metadata()
            if found and len(found[0]) == len(self.nodes) and all(
                    p.leader > 0 and len(p.in_sync) == len(p.replicas) for p in found[1].values()) and (
                    not topic or (topic, 0) in found[1]):
                return found[1]
            if time.monotonic() > end:
                raise TimeoutError(f"the cluster is not whole after {patience_s} s: nodes {found and found[0]}, not whole: "
                                   f"{found and [at for at, p in found[1].items() if len(p.in_sync) < len(p.replicas)]}")
            time.sleep(ASK_AGAIN_S)

    def partitions(self, topic):
        return [p for (name, _), p in sorted(self.wait_in_sync(topic=topic).items()) if name == topic]

    def leader_of(self, topic, partition=0):
        """The place in `nodes` of who leads it now; None when nobody does."""
        found = self.metadata()
        leader = found[1][topic, partition].leader if found and (topic, partition) in found[1] else 0
        return leader - 1 if leader > 0 else None

    # ---- what an operator does ----

    def tool(self, name, *words):
        """One of Kafka's own, by its class; what it prints."""
        done = subprocess.run(JAVA + QUIET + ["-cp", self.jars, name, "--bootstrap-server", self.brokers(), *words],
                              capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"{name} {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def topics(self, *words):
        return self.tool("org.apache.kafka.tools.TopicCommand", *words)

    def move_leaders(self, topic):
        """Each partition is led by the next of its nodes, as by a rebalance of the preferred ones."""
        plan = {"version": 1, "partitions": [
            {"topic": topic, "partition": n, "replicas": p.replicas[1:] + p.replicas[:1]}
            for n, p in enumerate(self.partitions(topic))]}
        path = self.folder / "plan.json"
        path.write_text(json.dumps(plan), encoding="utf-8")
        self.tool("org.apache.kafka.tools.reassign.ReassignPartitionsCommand", "--reassignment-json-file", str(path), "--execute")
        self.tool("org.apache.kafka.tools.LeaderElectionCommand", "--election-type", "preferred", "--all-topic-partitions")
        return plan


def ask_metadata(port):
    """The nodes and partitions that the node at this port knows of."""
    body = struct.pack(">hhih", 3, 1, 1, 4) + b"look" + struct.pack(">i", -1)
    with socket.create_connection(("127.0.0.1", port), timeout=2) as s:
        s.settimeout(5)
        s.sendall(struct.pack(">i", len(body)) + body)
        file = s.makefile("rb")
        read = Reader(file.read(struct.unpack(">i", file.read(4))[0]))
    read.int32()  # correlation
    nodes = []
    for _ in range(read.int32()):
        nodes.append(read.int32())
        read.text(), read.int32(), read.text()  # host, port, rack
    read.int32()  # controller
    partitions = {}
    for _ in range(read.int32()):
        read.int16()
        topic = read.text()
        read.skip(1)  # internal?
        for _ in range(read.int32()):
            read.int16()
            number, leader = read.int32(), read.int32()
            partitions[topic, number] = Partition(leader, read.int32s(), read.int32s())
    return nodes, partitions


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self, form, size):
        found, = struct.unpack_from(form, self.data, self.at)
        self.at += size
        return found

    def int16(self):
        return self.number(">h", 2)

    def int32(self):
        return self.number(">i", 4)

    def int32s(self):
        return [self.int32() for _ in range(self.int32())]

    def skip(self, n):
        self.at += n

    def text(self):
        n = self.int16()
        if n < 0:
            return None
        self.at += n
        return self.data[self.at - n:self.at].decode()
