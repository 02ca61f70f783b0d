"""A line between musterd and somebody it talks to (Redis, a gateway) that is bad on purpose. It knows where a request
and a reply end: it can be cut at the n-th of them, be late, or fall silent; and it can do something (kill a process)
at the very moment when a certain command, or the answer to it, is on its way."""
import collections
import contextlib
import hashlib
import pathlib
import queue
import socket
import threading
import time

# where a line is cut: before a request, in the middle of it, before its reply, in the middle of that, behind it
CUTS = ("request", "half a request", "reply", "half a reply", "after")
SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "src/store"
Moment = collections.namedtuple("Moment", "name where count holding do met")


# ---- where messages end: None when not all of it is here ----

def resp_end(data, at=0):
    """RESP 2: Redis' replies, and the commands, which are arrays."""
    line = data.find(b"\r\n", at)
    if line < 0:
        return None
    kind, rest, at = data[at:at + 1], data[at + 1:line], line + 2
    if kind == b"$":
        end = at + (int(rest) + 2 if int(rest) >= 0 else 0)
        return end if end <= len(data) else None
    if kind == b"*":
        for _ in range(int(rest)):
            at = resp_end(data, at)
            if at is None:
                return None
    return at


def http_end(data, at=0):
    """A request or an answer that says how long it is."""
    head = data.find(b"\r\n\r\n", at)
    if head < 0:
        return None
    length = 0
    for line in bytes(data[at:head]).lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line[15:])
    end = head + 4 + length
    return end if end <= len(data) else None


# ---- what a command is called ----

def word(command, n):
    """Of a command's words the n-th, from 0."""
    at = command.index(b"\r\n") + 2
    for i in range(n + 1):
        line = command.index(b"\r\n", at)
        start, at = line + 2, line + 2 + int(command[at + 1:line]) + 2
        if i == n:
            return bytes(command[start:at - 2])
    return b""


class Names:
    """A command is called by its script's file, or by its first word. Scripts are learnt as they are loaded: the last
    first line of a file in them says which they are."""

    def __init__(self):
        self.known = {}
        self.files = {path.stem: path.read_bytes().split(b"\n")[0] for path in SCRIPTS.rglob("*.lua")}

    def of(self, command):
        first = word(command, 0).upper().decode()
        if first == "SCRIPT" and word(command, 1).upper() == b"LOAD":
            source = word(command, 2)
            sha = hashlib.sha1(source).hexdigest().encode()
            self.known[sha] = max(self.files, key=lambda name: source.rfind(self.files[name]))
        if first == "EVALSHA":
            return self.known.get(word(command, 1).lower())
        return first


# ---- the line ----

class Line:
    """Listens on `port` of 127.0.0.1 and speaks to `target`: a unix socket's path, or a port of 127.0.0.1. delay() is
    what each reply is late, in seconds; replies keep their order."""

    def __init__(self, target, end, delay=None):
        self.target, self.end, self.delay = target, end, delay
        self.names = Names() if end is resp_end else None
        self.requests = self.replies = 0
        self.was_cut = threading.Event()
        self.lock = threading.Lock()
        self.moment = None
        self.flows = {"request": threading.Event(), "reply": threading.Event()}
        self._connections = []
        self._cut_at = self._where = None
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.speak()
        threading.Thread(target=self._accept, daemon=True).start()

    # ---- what a test does ----

    def cut(self, nth, where):
        """At the nth request or reply from now on, 1 being the next."""
        with self.lock:
            self.was_cut.clear()
            self._where = where
            self._cut_at = nth + (self.requests if "request" in where else self.replies)

    def at(self, name, where, do, nth=1, holding=b""):
        """When the nth command of that name is on its way ("before"), or its reply is ("after") and holds these bytes,
        do() happens; that command or reply does not arrive. Returns the event that it did."""
        with self.lock:
            self.moment = Moment(name, where, [nth], holding, do, threading.Event())
            return self.moment.met

    def forget(self):
        """The moment that did not come."""
        with self.lock:
            self.moment = None

    def silence(self, *which):
        """Nothing of that ("request", "reply"; both when not said) goes through any more; nothing is closed either."""
        for kind in which or self.flows:
            self.flows[kind].clear()

    def speak(self):
        """All that was said meanwhile arrives."""
        for flow in self.flows.values():
            flow.set()

    def lose(self):
        """What is under way arrives nowhere: every connection is cut. The next ones work."""
        with self.lock:
            connections, self._connections = self._connections, []
        for connection in connections:
            connection.lose()
        self.speak()

    def stop(self):
        self.speak()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    # ---- its own threads ----

    def _connect(self):
        if isinstance(self.target, int):
            return socket.create_connection(("127.0.0.1", self.target))
        there = socket.socket(socket.AF_UNIX)
        there.connect(self.target)
        return there

    def _accept(self):
        with contextlib.suppress(OSError):  # until it is closed
            while True:
                here, _ = self._listener.accept()
                here.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    connection = Connection(self, here, self._connect())
                    with self.lock:
                        self._connections.append(connection)
                except OSError:  # nobody is there: so are we
                    here.close()

    def cut_here(self, kind):
        """One more request or reply: where it is cut, if it is."""
        with self.lock:
            if kind == "request":
                self.requests += 1
                count = self.requests
            else:
                self.replies += 1
                count = self.replies
            where = self._where
            if where is None or ("request" in where) != (kind == "request") or count != self._cut_at:
                return None
            self._where = None
            return where

    def moment_here(self, name, where, data):
        with self.lock:
            m = self.moment
            if not m or m.name != name or m.where != where or m.holding not in data:
                return None
            m.count[0] -= 1
            if m.count[0] > 0:
                return None
            self.moment = None
            return m


class Connection:
    def __init__(self, line, here, there):
        self.line, self.here, self.there = line, here, there
        self.asked = collections.deque()
        self.late = queue.SimpleQueue()
        self.is_cut = self.is_lost = False
        for work in (self._requests, self._replies, self._give):
            threading.Thread(target=work, daemon=True).start()

    def _end(self):
        for s in (self.here, self.there):
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    def lose(self):
        self.is_lost = True
        self._end()

    def _whole(self, kind, source):
        """Message by message."""
        data = bytearray()
        while more := source.recv(65536):
            self.line.flows[kind].wait()
            if self.is_lost:
                return
            data += more
            at = 0
            while (end := self.line.end(data, at)) is not None and end > at:
                yield bytes(data[at:end])
                at = end
            del data[:at]

    def _requests(self):
        with contextlib.suppress(OSError):
            for request in self._whole("request", self.here):
                if not self._ask(request):
                    break
        self._end()

    def _ask(self, request):
        """Whether the connection lives on."""
        cut = self.line.cut_here("request")
        if cut:
            if cut == "half a request":
                self.there.sendall(request[:len(request) // 2])
            self.line.was_cut.set()
            return False
        if self.line.names:
            name = self.line.names.of(request)
            self.asked.append(name)
            if self._meet(name, "before", request):
                return False
        self.there.sendall(request)
        return True

    def _meet(self, name, where, data):
        m = self.line.moment_here(name, where, data)
        if m:
            m.do()
            m.met.set()
        return m

    def _replies(self):
        with contextlib.suppress(OSError):
            for reply in self._whole("reply", self.there):
                if not self._answer(reply):
                    break
        self.late.put(None)

    def _answer(self, reply):
        """Whether the connection lives on."""
        if self.asked and self._meet(self.asked.popleft(), "after", reply):
            self._end()
            return False
        cut = self.line.cut_here("reply")
        due = time.monotonic() + (self.line.delay() if self.line.delay else 0)
        part = {"reply": 0, "half a reply": len(reply) // 2}.get(cut, len(reply))
        self.late.put((due, reply[:part]))
        self.is_cut = cut is not None
        return not self.is_cut

    def _give(self):
        """What Redis or the gateway said, when it is due; then the end."""
        with contextlib.suppress(OSError):
            while (item := self.late.get()) is not None:
                time.sleep(max(0.0, item[0] - time.monotonic()))  # what is late is the point
                self.here.sendall(item[1])
        self._end()
        if self.is_cut:
            self.line.was_cut.set()
