"""Jasmin 0.11.0 of PyPI with a RabbitMQ and a Redis of its own, in a folder and on ports of the test's own, in front of smsc.js."""
import os
import re
import socket
import subprocess
import tarfile

from house import Skipped, check, free_port, until
from pinned import environment

VERSION = "0.11.0"  # 0.11.1 makes no receipts
BROKER = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # the one in /usr/sbin wants to be root
PASSWORD = "jasmin-password"
CONFIG = """\
[jcli]
bind = 127.0.0.1
port = {jcli}
authentication = False
log_file = {folder}/jcli-file.log
[client-management]
bind = 127.0.0.1
port = {clients}
store_path = {folder}/store
log_file = {folder}/clients-file.log
[service-smppclient]
log_file = {folder}/smppclient-file.log
[smpp-server]
bind = 127.0.0.1
port = {smpp}
log_file = {folder}/smpps-file.log
[smpp-server-pb]
bind = 127.0.0.1
port = {smpp_pb}
log_file = {folder}/smppspb-file.log
[http-api]
bind = 127.0.0.1
port = {api}
access_log = {folder}/access-file.log
log_file = {folder}/http-file.log
[router]
bind = 127.0.0.1
port = {router}
store_path = {folder}/store
log_file = {folder}/router-file.log
[amqp-broker]
spec = {spec}
host = 127.0.0.1
port = {amqp}
log_file = {folder}/amqp-file.log
[redis-client]
host = 127.0.0.1
port = {redis}
log_file = {folder}/redis-file.log
[sm-listener]
log_file = {folder}/listener-file.log
[dlr]
log_file = {folder}/dlr-file.log
[dlr-thrower]
retry_delay = 2
log_file = {folder}/dlr-thrower-file.log
[deliversm-thrower]
retry_delay = 2
log_file = {folder}/deliversm-file.log
[interceptor-client]
[interceptor]
log_file = {folder}/interceptor-file.log
"""


def installed(root):
    """The folder of Jasmin's environment and, from its sdist, the description of AMQP that pip installs nowhere; or Skipped."""
    folder = environment(root, "jasmin", VERSION)
    if folder and not (folder / "sdist").exists():
        done = subprocess.run([folder / "bin" / "python", "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "jasmin",
                               "-d", folder / "sdist", f"jasmin=={VERSION}"], capture_output=True, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            folder = None
    if not folder:
        raise Skipped(f"jasmin {VERSION} cannot be had from PyPI here")
    with tarfile.open(next((folder / "sdist").glob("*.tar.gz"))) as sdist:
        spec = sdist.extractfile(f"jasmin-{VERSION}/misc/config/resource/amqp0-9-1.xml").read()
    return folder, spec


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
        return True
    except OSError:
        return False


class Broker:
    """RabbitMQ on loopback, with a name and a folder of its own."""

    def __init__(self, house):
        if not os.path.exists(BROKER):
            raise Skipped("RabbitMQ is not here (Debian's package `rabbitmq-server`)")
        self.port, folder = free_port(), house.folder / "rabbit"
        folder.mkdir()
        settings = folder / "rabbitmq.conf"
        settings.write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n")
        names = {"HOME": folder, "RABBITMQ_NODENAME": f"muster{self.port}@localhost", "RABBITMQ_CONFIG_FILE": settings,
                 "RABBITMQ_MNESIA_BASE": folder, "RABBITMQ_LOG_BASE": folder, "RABBITMQ_LOGS": "-",
                 "RABBITMQ_PID_FILE": folder / "pid", "RABBITMQ_DIST_PORT": free_port(), "ERL_EPMD_PORT": free_port(),
                 "ERL_EPMD_ADDRESS": "127.0.0.1", "RABBITMQ_ENABLED_PLUGINS_FILE": folder / "plugins"}
        self.process = house.spawn("rabbit", "env", *[f"{name}={value}" for name, value in names.items()], BROKER)
        until(lambda: is_open(self.port), "RabbitMQ", 180)


class Jasmin:
    """setup: what `muster gateway show` says is to be entered in jcli."""

    def __init__(self, house, smsc, api, setup):
        folder, spec = installed(house.args.source)
        (house.folder / "amqp.xml").write_bytes(spec)
        self.house = house
        broker, redis_port = Broker(house), free_port()
        house.spawn("receipts", *house.redis_server, "--port", redis_port, "--save", "", "--dir", house.folder)
        (house.folder / "store").mkdir()
        self.jcli = free_port()
        config = house.folder / "jasmin.cfg"
        config.write_text(CONFIG.format(folder=house.folder, spec=house.folder / "amqp.xml", jcli=self.jcli, api=api, amqp=broker.port, redis=redis_port,
                                        clients=free_port(), smpp=free_port(), smpp_pb=free_port(), router=free_port()))
        # Its lock has one place for the whole machine, and stays there when it is killed.
        program = house.folder / "jasmind.py"
        program.write_text((folder / "bin" / "jasmind.py").read_text().replace("/tmp/jasmind", str(house.folder / "lock")))
        self.process = house.spawn("jasmin", "env", "-u", "PYTHONPATH", "TZ=UTC", folder / "bin" / "python", program,
                                   f"--config={config}", "--enable-dlr-lookup", "--enable-dlr-thrower")
        until(lambda: is_open(self.jcli) and is_open(api), "Jasmin", 60)
        self.enter(f"""
            group -a
            gid us
            ok
            user -a
            username muster
            password {PASSWORD}
            gid us
            uid muster
            ok
            smppccm -a
            cid line
            host 127.0.0.1
            port {smsc.port}
            username jasmin
            password jasmin
            submit_throughput 0
            ok
            mtrouter -a
            type DefaultRoute
            connector smppc(line)
            rate 0.0
            ok
            smppccm -1 line""")
        self.enter(setup)
        until(lambda: smsc.ask("/sessions"), "Jasmin at the SMSC", 30)

    def enter(self, text):
        """Types each line at jcli and waits for what it says."""
        with socket.create_connection(("127.0.0.1", self.jcli), timeout=20) as line:
            self.read(line, rb"Session ref: \d+\s*$")  # it asks for the size of a terminal before it shows a prompt
            for words in filter(None, (row.strip() for row in text.splitlines())):
                line.sendall(words.encode() + b"\r\n")
                said = self.read(line)
                check(not re.search(rb"Error|Unknown|must set|Incorrect|Failed", said), f"jcli, {words}: {said!r}")
            line.sendall(b"quit\r\n")

    @staticmethod
    def read(line, until_there=rb"(jcli : |> )\s*$"):
        said = b""
        while not re.search(until_there, re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", said)):
            try:
                more = line.recv(4096)
            except TimeoutError:
                more = b""
            check(more, f"jcli says no more: {said!r}")
            said += more
        return said
