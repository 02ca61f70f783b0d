"""Simulated volunteers: each has the page open (server-sent events) and takes Next, Send, Close over a connection that stays."""
import asyncio
import collections
import json
import random
import time


class Volunteer:
    def __init__(self, host, port, token, think_s=0.0):
        self.host, self.port, self.token, self.think_s = host, port, token, think_s
        self.next_s, self.took, self.replied, self.refused = [], [], [], collections.Counter()
        self.sent_ns = {}  # conversation -> when Send was pressed
        self.heard, self.streams, self.last_id = collections.Counter(), 0, None
        self._reader = self._writer = self._stream = None

    # ---- the page that is open ----

    async def listen(self):
        """Reads events until it is cancelled; comes back by itself, as a browser does."""
        while True:
            try:
                await self._listen_once()
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.2)

    async def _listen_once(self):
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            since = f"Last-Event-ID: {self.last_id}\r\n" if self.last_id else ""
            writer.write(f"GET /api/v1/events HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {self.token}\r\n{since}\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n")[0]:
                raise OSError(head.split(b"\r\n")[0])
            self.streams += 1
            rest = b""
            while True:
                size = int(await reader.readuntil(b"\r\n"), 16)
                *messages, rest = (rest + (await reader.readexactly(size + 2))[:-2]).split(b"\n\n")
                for message in messages:
                    self._hear(dict(line.split(": ", 1) for line in message.decode().split("\n") if ": " in line))
        finally:
            writer.close()

    def _hear(self, message):
        if "id" in message:
            self.last_id = message["id"]
        if "event" in message:
            self.heard[message["event"], json.loads(message["data"]).get("what")] += 1

    # ---- what they press ----

    async def ask(self, path, body):
        """(status, JSON)."""
        if not self._writer:
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        data = json.dumps(body).encode()
        self._writer.write(f"POST /api/v1{path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {self.token}\r\n"
                           f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        n = int(head.split("content-length: ")[1].split("\r\n")[0])
        return int(head.split(" ")[1]), json.loads(await self._reader.readexactly(n))

    async def take_next(self):
        """A conversation, or None."""
        began = time.monotonic()
        status, said = await self.ask("/inbox/next", {})
        self.next_s.append(time.monotonic() - began)
        if status != 200:
            self.refused["next", status] += 1
            return None
        if said["conversation"]:
            self.took.append(said["conversation"]["id"])
        return said["conversation"]

    def words(self, conversation):
        """What they answer."""
        return "Thank you, see you there!"

    async def answer(self, conversation):
        i = conversation["id"]
        said = {"text": self.words(conversation), "fence": conversation["fence"], "key": f"{self.token}-{i}"}
        self.sent_ns[i] = time.monotonic_ns()
        status, said = await self.ask(f"/conversations/{i}/reply", said)
        if status == 202:
            self.replied.append((i, said["index"]))
        else:
            self.refused["reply", status] += 1
        status, _ = await self.ask(f"/conversations/{i}/close", {})
        if status != 200:
            self.refused["close", status] += 1

    async def work(self, over):
        """Next, think, Send, Close, until `over()` says so while nobody waits."""
        while True:
            conversation = await self.take_next()
            if conversation:
                await asyncio.sleep(self.think_s * random.uniform(0.5, 1.5))
                await self.answer(conversation)
            elif over():
                return
            else:
                await asyncio.sleep(max(self.think_s, 0.05) * random.uniform(0.5, 1.5))

    def close(self):
        if self._writer:
            self._writer.close()


async def _all_stand(volunteers):
    while not all(v.last_id for v in volunteers):
        await asyncio.sleep(0.02)


async def listening(volunteers, within_s=60):
    """Begins their streams and waits until all of them stand; returns what is to be cancelled."""
    streams = [asyncio.ensure_future(v.listen()) for v in volunteers]
    await asyncio.wait_for(_all_stand(volunteers), within_s)
    return streams


async def end(volunteers, streams):
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    for v in volunteers:
        v.close()


def answered_twice(volunteers):
    """Conversations that two of them had, and those that were answered more than once."""
    took = collections.Counter(i for v in volunteers for i in v.took)
    replied = collections.Counter(i for v in volunteers for i, _ in v.replied)
    return [i for i, n in took.items() if n > 1], [i for i, n in replied.items() if n > 1]
