"""Links of ours (core/link.h) by an own computation: the benches press many that nobody has to read first."""
import base64
import hashlib
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "lib"))
from house import SECRET  # noqa: E402

OFFER, PLEDGE, SHARED, PAGE = 1, 2, 3, 4
KEY = hashlib.blake2b(b"muster link", key=SECRET.encode(), digest_size=16).digest()


def siphash(key, text):
    """SipHash-2-4: links of our own making, to be opened."""
    mask = 2**64 - 1

    def turn(x, by):
        return (x << by | x >> 64 - by) & mask
    k0, k1 = struct.unpack("<QQ", key)
    a, b, c, d = k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573
    text += b"\0" * (7 - len(text) % 8) + bytes([len(text) & 255])
    for word in [*struct.unpack(f"<{len(text) // 8}Q", text), None]:
        d, rounds = (d ^ word, 2) if word is not None else (d, 4)
        c ^= 255 if word is None else 0
        for _ in range(rounds):
            a, c = (a + b) & mask, (c + d) & mask
            b, d, a = turn(b, 13) ^ a, turn(d, 16) ^ c, turn(a, 32)
            c, a = (c + b) & mask, (a + d) & mask
            b, d, c = turn(b, 17) ^ c, turn(d, 21) ^ a, turn(c, 32)
        a ^= word or 0
    return struct.pack("<Q", a ^ b ^ c ^ d)


def link(kind, a, b=0):
    plain = struct.pack(">BII", kind, a, b)
    return base64.urlsafe_b64encode(plain + siphash(KEY, plain)).rstrip(b"=")


def read_link(text):
    """(kind, a, b) of a link as it stands in a text."""
    return struct.unpack(">BII", base64.urlsafe_b64decode(text[:12])[:9])
