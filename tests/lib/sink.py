"""A gateway written by somebody else: an HTTP sink that takes what musterd sends (Twilio's or Kannel's shape), says
who was texted twice and how many arrived in the fullest second, and misbehaves as told.

The time of an arrival is the kernel's (SO_TIMESTAMPNS): a sink that gets no CPU for a while must not see a burst
that nobody sent."""
import collections
import heapq
import itertools
import json
import select
import socket
import ssl
import struct
import threading
import time
import urllib.parse

from house import fullest_second
from tunnel import Tunnel

SO_TIMESTAMPNS = 35

Request = collections.namedtuple("Request", "at to text sender query")  # at: [s] of the wall clock


class Answer:
    """What happens to a request: accepted by default."""

    def __init__(self, status=None, body=None, kind="application/json", headers=(), taken=True, half=False, cut=False,
                 delay_s=0.0):
        self.status, self.body, self.kind, self.headers = status, body, kind, dict(headers)
        self.taken, self.half, self.cut, self.delay_s = taken, half, cut, delay_s


ACCEPT = Answer()
CUT_AFTER = Answer(cut=True)                                  # read, taken, never answered
HTML = Answer(200, b"<html><body>Please log in</body></html>", "text/html")
HALF = Answer(half=True)
ERROR_500 = Answer(500, b'{"code": 20500, "message": "Internal Server Error"}', taken=True)
CANNOT_TELL = Answer(404, b"{}", taken=False)
LISTENS = Answer(taken=False)                                 # no answer: a connection is read from now on
REFUSED = Answer(400, b'{"code": 21211, "message": "Invalid To"}', taken=False)


def throttled(retry_after_s, status=429, code=20429):
    return Answer(status, b'{"code": %d, "message": "Too Many Requests"}' % code, headers={"Retry-After": str(retry_after_s)},
                  taken=False)


class Sink:
    """plan(n) says what happens to the n-th request (from 1); cut_unread(n) whether it is cut before it is read. tls: of
    tunnel.server; then each new connection is left waiting for handshake_s."""

    def __init__(self, shape="twilio", plan=None, cut_unread=None, latency_s=0.005, tls=None, handshake_s=0.0):
        self.shape, self.plan, self.cut_unread, self.latency_s = shape, plan, cut_unread, latency_s
        self.tls, self.handshake_s, self._tunnels = tls, handshake_s, {}
        self.requests, self.taken, self.unread = [], collections.Counter(), 0
        self.at_once_most, self.open_s, self._open_n, self._open_at = 0, 0.0, 0, 0.0
        self.by_kernel = True
        self.port = None
        self._count = itertools.count(1)
        self._connections, self._due, self._order = {}, [], itertools.count()
        self._epoll, self._listener = select.epoll(), None
        self._wake, self._woken = socket.socketpair()
        self._epoll.register(self._woken, select.EPOLLIN)
        self._orders = collections.deque()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.open()

    # ---- what a test does ----

    def open(self):
        """Listens, on the same port as before."""
        self._order_and_wait(self._open)

    def close(self):
        """Nobody is there: no listener, no connections."""
        self._order_and_wait(self._close)

    def stop(self):
        self._order_and_wait(self._close)
        self._orders.append(None)
        self._wake.send(b"x")
        self._thread.join()

    def seen(self):
        """Everybody whose request was read, by number."""
        return collections.Counter(r.to for r in list(self.requests))

    def callbacks(self):
        """number -> where the provider is asked to report."""
        return {r.to: r.query["StatusCallback"] for r in list(self.requests)}

    def twice(self):
        """Who was taken more than once with the same text. What the sink itself said no to may come again."""
        return [key for key, n in list(self.taken.items()) if n > 1]

    def per_second(self, window_s=1.0):
        """The most requests in any sliding second."""
        return fullest_second([r.at for r in list(self.requests)], window_s)

    # ---- its own thread ----

    def _order_and_wait(self, what):
        done = threading.Event()
        self._orders.append((what, done))
        self._wake.send(b"x")
        if not done.wait(30):
            raise RuntimeError("the sink does not answer")

    def _open(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)  # accepted connections inherit it
        listener.bind(("127.0.0.1", self.port or 0))
        listener.listen(1024)
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._epoll.register(listener, select.EPOLLIN)

    def _close(self):
        if self._listener:
            self._epoll.unregister(self._listener)
            self._listener.close()
            self._listener = None
        for fd in list(self._connections):
            self._drop(fd)

    def _drop(self, fd):
        connection, _ = self._connections.pop(fd)
        self._tunnels.pop(fd, None)
        connection.close()  # and the epoll forgets it

    def _run(self):
        while True:
            wait = max(0.0, self._due[0][0] - time.monotonic()) if self._due else -1
            for fd, _ in self._epoll.poll(wait):
                if fd == self._woken.fileno():
                    self._woken.recv(64)
                elif self._listener and fd == self._listener.fileno():
                    self._accept()
                elif fd in self._connections:
                    self._read(fd)
            while self._orders:
                order = self._orders.popleft()
                if order is None:
                    return
                order[0]()
                order[1].set()
            while self._due and self._due[0][0] <= time.monotonic():
                _, _, fd, connection, answer = heapq.heappop(self._due)
                if answer is not CANNOT_TELL and answer is not LISTENS:
                    self._opened(-1)
                if self._connections.get(fd, (None,))[0] is not connection:
                    continue
                if answer is LISTENS:
                    self._epoll.register(fd, select.EPOLLIN)
                else:
                    self._answer(fd, connection, answer)

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except BlockingIOError:
                return
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            fd = connection.fileno()
            self._connections[fd] = (connection, bytearray())
            if self.tls:
                self._tunnels[fd] = Tunnel(self.tls)
                heapq.heappush(self._due, (time.monotonic() + self.handshake_s, next(self._order), fd, connection, LISTENS))
            else:
                self._epoll.register(connection, select.EPOLLIN)

    def _read(self, fd):
        connection, got = self._connections[fd]
        if not got and self.cut_unread and self.cut_unread(len(self.requests) + self.unread + 1):
            self.unread += 1
            next(self._count)
            # an RST, as of a machine that is gone
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._drop(fd)
            return
        try:
            data, notes, _, _ = connection.recvmsg(65536, 64)
        except BlockingIOError:
            return
        except OSError:
            data, notes = b"", []
        if data and self.tls:
            data = self._unwrap(fd, connection, data)
        elif not data:
            self._drop(fd)
        if not data:
            return
        got += data
        at = self._time_of(notes)
        end = got.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(got[:end]).decode("latin-1")
        length = next((int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0)
        if len(got) < end + 4 + length:
            return
        body = bytes(got[end + 4:end + 4 + length])
        del got[:end + 4 + length]
        if self.shape == "twilio" and head.startswith("GET "):  # the question what became of the unknown
            heapq.heappush(self._due, (time.monotonic(), next(self._order), fd, connection, CANNOT_TELL))
            return
        self._handle(fd, connection, self._request(head, body, at))

    def _unwrap(self, fd, connection, data):
        try:
            said, reply = self._tunnels[fd].take(data)
            connection.send(reply)
            return said
        except (ssl.SSLError, OSError):
            self._drop(fd)
            return b""

    def _time_of(self, notes):
        for level, kind, data in notes:
            if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                seconds, ns = struct.unpack("ll", data[:16])
                return seconds + ns / 1e9
        self.by_kernel = False
        return time.time()

    def _request(self, head, body, at):
        url = urllib.parse.urlsplit(head.split(" ", 2)[1])
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        if self.shape == "twilio":
            return Request(at, form.get("To"), form.get("Body"), form.get("From"), form)
        text = query.get("text", "")
        if query.get("coding") == "2":  # the bytes of the SMS itself
            raw = dict(part.split("=", 1) for part in url.query.split("&"))["text"]
            text = urllib.parse.unquote_to_bytes(raw.replace("+", " ")).decode("utf-16-be")
        return Request(at, query.get("to"), text, query.get("from"), query)

    def _handle(self, fd, connection, request):
        answer = self.plan(next(self._count)) if self.plan else ACCEPT
        self.requests.append(request)
        if answer.taken:
            self.taken[(request.to, request.text)] += 1
        self._opened(1)
        wait = answer.delay_s or self.latency_s
        heapq.heappush(self._due, (time.monotonic() + wait, next(self._order), fd, connection, answer))

    def _accepted(self):
        if self.shape == "twilio":
            sid = "SM%032x" % len(self.requests)
            return 201, json.dumps({"sid": sid, "status": "queued", "error_code": None}).encode(), "application/json"
        return 202, b"0: Accepted for delivery", "text/plain"

    def _opened(self, more):
        """at_once_most: requests read and not answered; open_s: those at each time, summed up over the seconds."""
        now = time.monotonic()
        self.open_s += self._open_n * (now - self._open_at)
        self._open_n, self._open_at = self._open_n + more, now
        self.at_once_most = max(self.at_once_most, self._open_n)

    def _answer(self, fd, connection, answer):
        if answer.cut:
            self._drop(fd)
            return
        status, body, kind = self._accepted() if answer.status is None else (answer.status, answer.body, answer.kind)
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        head += "".join(f"{k}: {v}\r\n" for k, v in answer.headers.items())
        data = head.encode() + b"\r\n" + body
        data = data[:-len(body) // 2] if answer.half else data
        try:
            connection.send(self._tunnels[fd].wrap(data) if self.tls else data)
        except OSError:
            pass
        if answer.half:
            self._drop(fd)
