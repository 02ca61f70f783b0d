"""Rehearsals' folders in memory. They are one place for the whole machine, so that one test of rehearsals runs at a time."""
import fcntl
import os
import tempfile

FOLDERS = "/dev/shm"
_lock = None


def one_at_a_time():
    """Waits until no other test of rehearsals runs, and keeps it so until this process ends."""
    global _lock
    _lock = open(os.path.join(tempfile.gettempdir(), f"muster-rehearsal-tests-{os.getuid()}"), "w", encoding="utf-8")
    fcntl.flock(_lock, fcntl.LOCK_EX)


def folders():
    return {name for name in os.listdir(FOLDERS) if name.startswith("muster-rehearsal.")}
