"""A line between musterd and Redis that is bad on purpose: it counts Redis' replies, cuts the connection at one of
them, and makes all of them late."""
import contextlib
import queue
import socket
import threading
import time

CUTS = ("before", "half", "after")  # where in the reply the connection is cut


def reply_end(data, at=0):
    """Where the reply (RESP 2) that begins at `at` ends; None when not all of it is here."""
    line = data.find(b"\r\n", at)
    if line < 0:
        return None
    kind, rest, at = data[at:at + 1], data[at + 1:line], line + 2
    if kind == b"$":
        end = at + (int(rest) + 2 if int(rest) >= 0 else 0)
        return end if end <= len(data) else None
    if kind == b"*":
        for _ in range(int(rest)):
            at = reply_end(data, at)
            if at is None:
                return None
    return at


class Proxy:
    """Listens on `port` of 127.0.0.1 and speaks to the unix socket `path`. delay() is what each reply is late, in
    seconds; replies keep their order."""

    def __init__(self, path, delay=None):
        self.path, self.delay = path, delay
        self.replies = 0
        self.was_cut = threading.Event()
        self._lock = threading.Lock()
        self._cut_at = self._how = None
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, nth, how):
        """The nth reply from now on, 1 being the next, is the last of its connection."""
        with self._lock:
            self.was_cut.clear()
            self._cut_at, self._how = self.replies + nth, how

    def stop(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):  # until it is closed
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                redis = socket.socket(socket.AF_UNIX)
                try:
                    redis.connect(self.path)
                except OSError:  # Redis is away: so are we
                    client.close()
                    continue
                late = queue.SimpleQueue()
                for work in ((self._forward, client, redis), (self._count, client, redis, late), (self._give, client, late)):
                    threading.Thread(target=work[0], args=work[1:], daemon=True).start()

    @staticmethod
    def _end(*sockets):
        for s in sockets:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    def _forward(self, client, redis):
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                redis.sendall(data)
        self._end(client, redis)

    def _count(self, client, redis, late):
        """Reads replies one by one and says when each is due."""
        data = bytearray()
        going_on = True
        with contextlib.suppress(OSError):
            while going_on and (more := redis.recv(65536)):
                data += more
                at = 0
                while going_on and (end := reply_end(data, at)) is not None:
                    going_on = self._take(bytes(data[at:end]), late)
                    at = end
                del data[:at]
        late.put(None)
        self._end(redis)
        if not going_on:
            self.was_cut.set()

    def _take(self, reply, late):
        """Whether the connection lives on."""
        with self._lock:
            self.replies += 1
            cut = self._how if self._cut_at == self.replies else None
        due = time.monotonic() + (self.delay() if self.delay else 0)
        part = {"before": 0, "half": len(reply) // 2}.get(cut, len(reply))
        late.put((due, reply[:part]))
        return cut is None

    def _give(self, client, late):
        with contextlib.suppress(OSError):
            while (item := late.get()) is not None:
                time.sleep(max(0.0, item[0] - time.monotonic()))  # what is late is the point
                client.sendall(item[1])
        self._end(client)
