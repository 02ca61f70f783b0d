"""A node of Apache Kafka (KRaft) in a folder of its own: its jars, its settings, its life. For the script `broker` beside
this (one node) and for cluster.py (three)."""
import base64
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
VERSIONS = ("3.9.2", "4.4.0")  # the last of the old line, and the newest; the first is what pom.xml names
READY_WITHIN_S = 120
STOP_WITHIN_S = 20
ASK_AGAIN_S = 0.05
SKIPPED = 77
PR_SET_PDEATHSIG = 1
JAVA = ["java", "-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
QUIET = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]


class Failed(Exception):
    """Ends the script with this text and exit code."""

    def __init__(self, text, code=1):
        super().__init__(text)
        self.code = code


def free_ports(count):
    """Ports that were free a moment ago, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]
    finally:
        for s in sockets:
            s.close()


def new_cluster_id():
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def classpath(scratch, version=VERSIONS[0]):
    """The jars that pom.xml names; offline when Maven has them already."""
    for tool in ("java", "mvn"):
        if not shutil.which(tool):
            raise Failed(f"no {tool} here: apt-get install openjdk-17-jre-headless maven", SKIPPED)
    out = scratch / f"classpath.{version}"
    if out.exists() and all(pathlib.Path(jar).exists() for jar in out.read_text().split(":")):
        return out.read_text()
    pom = HERE / "pom.xml"
    command = ["mvn", "-q", "-B", "-f", str(pom), f"-Dkafka.version={version}", "dependency:build-classpath",
               f"-Dmdep.outputFile={out}"]
    for extra in (["-o"], []):
        run = subprocess.run(command + extra, capture_output=True, text=True, check=False)
        if run.returncode == 0:
            return out.read_text()
    raise Failed(f"Maven did not get the jars that {pom} names. With a network, `tests/kafka/broker fetch` gets them once "
                 "(kept in ~/.m2); without one, leave the tests over Kafka out: meson test --no-suite kafka. Maven says:\n"
                 + run.stdout[-1000:])


def answers(port):
    """Whether a broker answers an ApiVersions request (key 18, version 0) on the port."""
    body = struct.pack(">hhih", 18, 0, 1, 4) + b"wait"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as s:
            s.sendall(struct.pack(">i", len(body)) + body)
            return len(s.recv(8)) > 0
    except OSError:
        return False


def die_with_parent():
    """In the child: whatever ends this script ends the broker too."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Node:
    """In its folder: server.properties, data, broker.log, pid. A folder that was used before is continued."""

    def __init__(self, folder, jars):
        self.folder, self.jars, self.process = folder, jars, None
        self.settings = folder / "server.properties"

    def is_prepared(self):
        return (self.folder / "data" / "meta.properties").exists()

    def prepare(self, properties, cluster_id, *more):
        """Settings and an empty, formatted data folder; `more` is for kafka-storage."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.settings.write_text(properties)
        run = subprocess.run(
            JAVA + QUIET + ["-cp", self.jars, "kafka.tools.StorageTool", "format", "--cluster-id=" + cluster_id,
                            "-c", str(self.settings), *more],
            capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise Failed(f"the data folder could not be formatted:\n{run.stdout}{run.stderr}")

    def launch(self, stays=True):
        """stays: it ends with this process."""
        with open(self.folder / "broker.log", "ab") as log:
            self.process = subprocess.Popen(
                JAVA + QUIET + ["-cp", self.jars, "kafka.Kafka", str(self.settings)], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, cwd=self.folder, start_new_session=not stays, preexec_fn=die_with_parent if stays else None)
        (self.folder / "pid").write_text(f"{self.process.pid}\n")

    def wait_ready(self, port):
        deadline = time.monotonic() + READY_WITHIN_S
        while not answers(port):
            if self.process.poll() is not None:
                raise Failed(f"the broker ended with code {self.process.returncode}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                self.process.kill()
                raise Failed(f"the broker does not answer on port {port}:\n{self.log_tail()}")
            time.sleep(ASK_AGAIN_S)

    def log_tail(self):
        log = self.folder / "broker.log"
        return log.read_text(errors="replace")[-3000:] if log.exists() else ""

    def is_ours(self, pid):
        """The pid may have gone to somebody else since it was written."""
        try:
            return str(self.settings).encode() in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False

    def stop(self, kill=False):
        try:
            pid = int((self.folder / "pid").read_text())
        except (OSError, ValueError):
            return
        if self.is_ours(pid):
            os.kill(pid, signal.SIGKILL if kill else signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN_S
        while self.is_ours(pid):
            if self.process:
                self.process.poll()  # what has ended is gone
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(ASK_AGAIN_S)
        (self.folder / "pid").unlink()
