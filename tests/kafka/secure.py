#!/usr/bin/env python3
"""Kafka behind TLS and a login (SASL), with rights of its own for each account: what musterd and `muster doctor` say when
something about it is wrong, and a campaign when it is right. The broker is one; its CA is made here.

Arguments: MUSTERD MUSTER MUSTER_SIM SOURCE [--kafka VERSION] [--only WORDS]. Prints TAP."""
import ctypes
import json
import pathlib
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import pinned
from cluster import Cluster
from house import House, Skipped, check, equal, options, run, until
from kafka_node import SKIPPED, Failed as NoKafka

ARGS = options(kafka="3.9.2", only="")
USER, PASSWORD = "muster", "scram-password-of-the-test"
NEWER_LIBRDKAFKA = "2.8.0"
PLAIN_PASSWORD = "plain-password-of-the-test"
SETTINGS = """
listener.name.client.sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN
listener.name.client.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.client.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\
    user_muster="{plain}" user_stranger="{plain}";
listener.name.client.ssl.keystore.type=PEM
listener.name.client.ssl.keystore.location={folder}/broker.pem
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
offsets.topic.replication.factor=1
"""


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def make_ca(folder, name):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout",
            folder / f"{name}.key", "-out", folder / f"{name}.pem")
    return folder / f"{name}.pem"


def make_broker_certificate(folder, host):
    """broker.pem: key and certificate, signed by `ca`, for this name."""
    (folder / "san").write_text(f"subjectAltName={host}\n", encoding="utf-8")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=broker", "-keyout", folder / "broker.key", "-out",
            folder / "broker.csr")
    openssl("x509", "-req", "-in", folder / "broker.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-days", "2",
            "-extfile", folder / "san", "-out", folder / "broker.crt")
    (folder / "broker.pem").write_text((folder / "broker.key").read_text() + (folder / "broker.crt").read_text())


def librdkafka():
    """The version that the programs are linked with."""
    say = ctypes.CDLL("librdkafka.so.1").rd_kafka_version_str
    say.restype = ctypes.c_char_p
    return tuple(int(n) for n in say().decode().split("-")[0].split("."))


class World(House):
    """One broker for all tests: made before the first."""

    kafka = None

    def begin(self):
        if World.kafka:
            return
        for tool in ("java", "mvn", "openssl"):
            if not shutil.which(tool):
                raise Skipped(f"no {tool} here")
        folder = self.certificates()
        try:
            World.kafka = Cluster(
                ARGS.kafka, nodes=1, client_protocol="SASL_SSL", more=SETTINGS.format(plain=PLAIN_PASSWORD, folder=folder),
                storage_options=["--add-scram", f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"])
        except NoKafka as problem:
            if problem.code == SKIPPED:
                raise Skipped(str(problem)) from problem
            raise
        # As docs/OPERATIONS.md says.
        acls = "kafka.admin.AclCommand" if ARGS.kafka.startswith("3.") else "org.apache.kafka.tools.AclCommand"
        World.kafka.tool(acls, "--add", "--allow-principal", "User:muster", "--operation", "Read", "--operation", "Write",
                         "--operation", "Describe", "--operation", "DescribeConfigs", "--operation", "Create", "--topic",
                         "muster.", "--resource-pattern-type", "prefixed")
        World.kafka.tool(acls, "--add", "--allow-principal", "User:muster", "--operation", "Read", "--group", "muster")

    def certificates(self):
        World.folder_of_all = folder = self.folder.parent / (self.folder.name + "-ca")
        folder.mkdir()
        make_ca(folder, "ca")
        make_ca(folder, "other")
        make_broker_certificate(folder, "IP:127.0.0.1")
        (folder / "password").write_text(PASSWORD + "\n", encoding="utf-8")
        return folder

    def right(self, **changes):
        """queue: as it should be, but for these."""
        self.begin()
        folder = World.folder_of_all
        return {"kind": "kafka", "lease_s": 6, "kafka": dict({
            "brokers": World.kafka.client_brokers(), "tls": True, "ca_file": str(folder / "ca.pem"), "user": USER,
            "password": f"file:{folder}/password", "partitions": 2, "replicas": 1}, **changes)}

    def wrong(self, says, **changes):
        """musterd runs on and says so, in its log and in /readyz; doctor fails and says so, with the address."""
        daemon = self.start_musterd("one", port=1, queue=self.right(**changes))
        until(lambda: says in daemon.log(), f"'{says}' in the log")
        until(lambda: says in self.ready(daemon)["queue"], f"'{says}' in /readyz")
        until(lambda: self.ready(daemon)["missing"] == ["queue"], "nothing but the queue is missing")
        check(World.kafka.client_brokers() not in json.dumps(self.ready(daemon)), "/readyz has no addresses")
        said = daemon.log().count(says)
        found = self.doctor(daemon, code=1)  # takes seconds, in which musterd tries again
        equal(daemon.log().count(says), said, "how often the log says it")
        check(any(says in f["text"] and f["result"] == "fail" for f in found), found)
        for text in [daemon.log(), json.dumps(found)]:
            check(PASSWORD not in text and PLAIN_PASSWORD not in text, "no password is told")

    def ready(self, daemon):
        try:
            with urllib.request.urlopen(daemon.url + "/readyz", timeout=10) as response:
                return dict({"queue": ""}, **json.load(response))
        except urllib.error.HTTPError as problem:
            return dict({"queue": ""}, **json.load(problem))

    def doctor(self, daemon, code=0):
        found = json.loads(self.muster("doctor", "--json", "--config", self.folder / f"{daemon.name}.yaml", code=code,
                                       daemon=daemon))
        return [f for f in found["checks"] if f["check"] == "kafka"]


def a_wrong_ca(world):
    world.begin()
    world.wrong("name the CA that signed it", ca_file=str(World.folder_of_all / "other.pem"))


def another_name_than_the_certificate_has(world):
    world.begin()
    world.wrong("is of another name", brokers=World.kafka.client_brokers().replace("127.0.0.1", "localhost"))


def a_wrong_password(world):
    world.wrong("does not let queue.kafka.user in", password="not-the-password")


def a_wrong_password_by_plain(world):
    world.wrong("does not let queue.kafka.user in", sasl="plain", password="not-the-password")


def a_login_of_another_kind(world):
    world.wrong("does not take this kind of login", sasl="scram-sha-256")


def no_tls_where_it_is_wanted(world):
    world.wrong("set queue.kafka.tls: true", tls=False, ca_file="")


def tls_where_it_is_not_spoken(world):
    world.begin()
    world.wrong("speaks no TLS at this port", brokers=World.kafka.brokers())


def an_account_without_rights(world):
    """It may not see the topics, and not make them."""
    world.wrong("no topic 'muster.", sasl="plain", user="stranger", password=PLAIN_PASSWORD)


def more_replicas_than_brokers(world):
    world.wrong("fewer brokers than queue.kafka.replicas: 3", replicas=3)


def a_campaign_by_scram(world):
    """The topics are made by musterd; afterwards doctor warns of what one broker is."""
    if ARGS.kafka.startswith("4.") and librdkafka() < (2, 6, 1):
        world.wrong("before librdkafka 2.6.1")
        return
    daemon = a_campaign(world, world.right())
    found = world.doctor(daemon, code=1)  # there is no gateway behind a sink that doctor would like
    check(all(f["result"] != "fail" for f in found), found)
    check(any("over TLS, logged in as muster" in f["text"] and f["result"] == "ok" for f in found), found)
    equal(sum("one replica" in f["text"] and f["result"] == "warn" for f in found), 3, "warnings of one replica")
    check("one replica" in daemon.log(), "the log warns, too")


def newer_librdkafka(world):
    """What to run musterd through, for the library of the wheel; the program is the same."""
    made = pinned.library(ARGS.source, "confluent-kafka", NEWER_LIBRDKAFKA)
    found = list(pathlib.Path(made or "/nowhere").glob("confluent_kafka.libs/librdkafka*.so*"))
    if not found:
        raise Skipped("no newer librdkafka can be had (pip)")
    folder = world.folder / "lib"
    folder.mkdir()
    (folder / "librdkafka.so.1").symlink_to(found[0])
    return ("env", f"LD_LIBRARY_PATH={folder}:{found[0].parent}")


def a_campaign_by_scram_with_a_newer_library(world):
    """Debian 13's is as new."""
    if not ARGS.kafka.startswith("4.") or librdkafka() >= (2, 6, 1):
        raise Skipped("the one that is here does")
    world.musterd_through = newer_librdkafka(world)
    a_campaign(world, world.right())


def a_campaign_by_plain(world):
    a_campaign(world, world.right(sasl="plain", password=PLAIN_PASSWORD))


def a_campaign(world, queue):
    sink = world.sink()
    daemon = world.start_musterd("one", port=sink.port, queue=queue)
    world.import_people(500)
    campaign = world.launch()
    world.wait_status(campaign, "done")
    world.check_books(campaign, sink, 500, unknown_max=0)
    return daemon


def check_names_what_no_broker_is_needed_for(world):
    """musterd --check: a file that is none."""
    world.begin()
    config = world.config("one", 1, {"main": {}}, queue=world.right(ca_file="/no/such/ca.pem"))
    path = world.folder / "check.yaml"
    path.write_text(json.dumps(config))
    done = subprocess.run([ARGS.musterd, "--config", path, "--check"], capture_output=True, text=True, check=False)
    equal(done.returncode, 1, "exit code")
    check("queue.kafka.ca_file cannot be read" in done.stderr, done.stderr)


TESTS = (check_names_what_no_broker_is_needed_for, a_wrong_ca, another_name_than_the_certificate_has, a_wrong_password,
         a_wrong_password_by_plain, a_login_of_another_kind, no_tls_where_it_is_wanted, tls_where_it_is_not_spoken,
         an_account_without_rights, more_replicas_than_brokers, a_campaign_by_scram,
         a_campaign_by_scram_with_a_newer_library, a_campaign_by_plain)


def main():
    try:
        return run(ARGS, *[t for t in TESTS if ARGS.only in t.__name__], world=World)
    finally:
        if World.kafka:
            World.kafka.end()
            shutil.rmtree(World.folder_of_all, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
