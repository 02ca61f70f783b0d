"""A Redis with replicas under three real sentinels (`redis-server FILE --sentinel`), each server behind a path of the
test that can keep it from the others and leave musterd its connection: a split brain."""
import contextlib
import signal
import socket
import threading
import time

from house import REDIS_SERVER, House, Redis, check, free_port, until

MASTER = "mymaster"
DOWN_MS, FAILOVER_MS = 1500, 3000
OURS = (b"SELECT", b"AUTH", b"UNSUBSCRIBE")  # how musterd begins; replicas and sentinels begin otherwise


class Path:
    """A port of 127.0.0.1 that leads to another. Who is not musterd is a peer; peers can be kept out, and what a server
    says to its replicas can be late."""

    def __init__(self, target):
        self.target = target
        self.late_s, self.loses = 0.0, False
        self.peers, self.clients = threading.Event(), threading.Event()
        self.open()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def open(self):
        self.peers.set()
        self.clients.set()

    def keep_out_peers(self):
        """Nothing of theirs goes through any more; nothing is closed either, as in a network that is cut."""
        self.peers.clear()

    def keep_out_clients(self):
        self.clients.clear()

    def close(self):
        self.open()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                here, _ = self.listener.accept()
                threading.Thread(target=self._carry, args=(here,), daemon=True).start()

    def _carry(self, here):
        with here, contextlib.suppress(OSError):
            first = here.recv(65536)
            gate = self.clients if any(word in first[:24] for word in OURS) else self.peers
            gate.wait()
            there = socket.create_connection(("127.0.0.1", self.target))
            for end in (here, there):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            there.sendall(first)
            back = threading.Thread(target=self._pump, args=(there, here, gate, gate is self.peers), daemon=True)
            back.start()
            self._pump(here, there, gate, False)
            back.join()

    def _pump(self, source, sink, gate, is_late):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_late and self.late_s:
                    time.sleep(self.late_s)
                if is_late and self.loses:  # as with a machine that is gone: what was under way is nowhere
                    break
                gate.wait()
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Node:
    """One server, its path, and a client of the test's own that goes by a socket."""

    def __init__(self, house, number, settings):
        self.house, self.name, self.settings = house, f"redis{number}", settings
        self.port, self.folder = free_port(), house.folder / f"redis{number}"
        self.folder.mkdir()
        self.socket = house.folder / f"redis{number}.sock"
        self.path = Path(self.port)
        self.process = self.client = None

    def start(self, *more):
        self.socket.unlink(missing_ok=True)
        wanted = {"--port": self.port, "--bind": "127.0.0.1", "--unixsocket": self.socket, "--dir": self.folder, "--save": "",
                  "--appendonly": "yes", "--appendfsync": "always", "--repl-diskless-sync-delay": 0,
                  "--repl-ping-replica-period": 1, "--repl-timeout": 5, "--replica-announce-ip": "127.0.0.1",
                  "--replica-announce-port": self.path.port, **self.settings}
        words = [str(w) for pair in wanted.items() for w in pair]
        self.process = self.house.spawn(self.name, REDIS_SERVER, *words, *map(str, more))
        self.client = until(self._answers, self.name)

    def _answers(self):
        check(self.process.poll() is None, f"{self.name} ended")
        with contextlib.suppress(OSError, RuntimeError):
            client = Redis(str(self.socket))
            client("PING")
            return client

    def redis(self, *words):
        """Sentinel closes everybody's connection to a server whose role it changes."""
        try:
            return self.client(*words)
        except OSError:
            self.client = Redis(str(self.socket))
            return self.client(*words)

    def kill(self):
        self.client.close()
        self.process.kill()
        self.process.wait()

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def role(self):
        return self.redis("ROLE")[0].decode()

    def follow(self, other):
        self.redis("REPLICAOF", "127.0.0.1", other.path.port)

    def online(self):
        """How many replicas have caught up."""
        return self.redis("INFO", "replication").count(b"state=online")


class SentinelHouse(House):
    """`nodes` servers, of which the first begins as the master, and three sentinels, each behind a path, too."""
    nodes_n, settings = 3, {}

    def start_redis(self, *settings):
        self.nodes = [Node(self, n, self.settings) for n in range(self.nodes_n)]
        for node in self.nodes:
            node.start()
        for node in self.nodes[1:]:
            node.follow(self.nodes[0])
        self.seats = [free_port() for _ in range(3)]
        self.sentinels = [self._start_sentinel(n, port) for n, port in enumerate(self.seats)]
        self.seat_paths = [Path(port) for port in self.seats]
        until(lambda: self.nodes[0].online() == self.nodes_n - 1, "the replicas")
        until(self._sentinels_agree, "the sentinels to know each other and the replicas")

    def _start_sentinel(self, number, port):
        file = self.folder / f"sentinel{number}.conf"
        file.write_text(f"port {port}\nbind 127.0.0.1\ndir {self.folder}\nsentinel resolve-hostnames no\n"
                        f"sentinel monitor {MASTER} 127.0.0.1 {self.nodes[0].path.port} 2\n"
                        f"sentinel down-after-milliseconds {MASTER} {DOWN_MS}\n"
                        f"sentinel failover-timeout {MASTER} {FAILOVER_MS}\nsentinel parallel-syncs {MASTER} 2\n")
        return self.spawn(f"sentinel{number}", REDIS_SERVER, file, "--sentinel")

    def ask_sentinel(self, number, *words):
        with contextlib.suppress(OSError, RuntimeError):
            client = Redis(None, self.seats[number])
            try:
                return client(*words)
            finally:
                client.close()

    def _sentinels_agree(self):
        for number in range(3):
            flat = self.ask_sentinel(number, "SENTINEL", "MASTER", MASTER) or []
            known = dict(zip(flat[::2], flat[1::2]))
            if (known.get(b"num-slaves"), known.get(b"num-other-sentinels")) != (b"%d" % (self.nodes_n - 1), b"2"):
                return False
        return True

    @property
    def master(self):
        """As a majority of the sentinels say."""
        said = [tuple(a) for a in (self.ask_sentinel(n, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER) for n in range(3)) if a]
        for node in self.nodes:
            if said.count((b"127.0.0.1", b"%d" % node.path.port)) >= 2:
                return node
        return None

    @property
    def redis(self):
        return until(lambda: self.master, "the sentinels to agree").redis

    @redis.setter
    def redis(self, _):
        pass

    def wait_failover(self, old):
        def done():
            new = self.master
            return new if new and new is not old and new.role() == "master" else None
        return until(done, "a failover")

    def wait_whole(self):
        """One master, all others behind it."""
        def whole():
            master = self.master
            return master and master.role() == "master" and master.online() == self.nodes_n - 1
        until(whole, "every server to follow the master")

    def url(self, paths=True, credentials=""):
        ports = [p.port for p in self.seat_paths] if paths else self.seats
        return f"sentinel://{credentials}" + ",".join(f"127.0.0.1:{port}" for port in ports) + f"/{MASTER}/0"

    def end(self):
        for node in getattr(self, "nodes", ()):
            if node.process and node.process.poll() is None:
                node.go_on()
        super().end()
        for path in [n.path for n in getattr(self, "nodes", ())] + getattr(self, "seat_paths", []):
            path.close()


