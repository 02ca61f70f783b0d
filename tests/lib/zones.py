"""Time zones of a test's own ($TZDIR): made so that a clock there shows what the test wants."""
import datetime
import os
import pathlib
import shutil
import struct
import time

SYSTEM = pathlib.Path("/usr/share/zoneinfo")


def write_zone(folder, name, clock_s):
    """A zone without changes whose clock shows clock_s [s since midnight] now. Returns its offset."""
    offset = round((clock_s - time.time() + 43200) % 86400) - 43200
    header = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 1)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(2 * (header + struct.pack(">lBB", offset, 0, 0) + b"\0") + b"\n\n")
    return offset


def make_folder(house):
    """For programs that are started from now on."""
    folder = house.folder / "zoneinfo"
    folder.mkdir()
    shutil.copy(SYSTEM / "zone1970.tab", folder)
    (folder / "Europe").mkdir()
    shutil.copy(SYSTEM / "Europe/London", folder / "Europe")
    os.environ["TZDIR"] = str(folder)
    return folder


def iso(at):
    """A deadline, from seconds since 1970."""
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
