"""Kannel as a peer: bearerbox and smsbox of the distribution between a load and the sink, with a store on the disk
(store-type file), 256 requests under way at once and no receipts. sqlbox is not needed."""
import os
import shutil
import socket
import subprocess
import time

import world
from world import house

PATH = "/usr/sbin:/usr/bin:/sbin"
CONF = """\
group = core
admin-port = {admin}
admin-password = bench
admin-interface = 127.0.0.1
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
log-level = 3
store-type = file
store-location = {folder}/kannel.store
sms-outgoing-queue-limit = 10000000

group = smsc
smsc = http
smsc-id = sink
system-type = generic
port = {mo}
send-url = "http://127.0.0.1:{sink}/?From=%p&To=%P&Body=%b&x=1"
status-success-regex = "queued"
max-pending-submits = 256

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {boxes}
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
log-level = 3

group = sendsms-user
username = muster
password = {password}
concatenation = true
max-messages = 10
"""


def why_not():
    """Installs it where that is possible. Returns why there is none, or None."""
    if all(shutil.which(name, path=PATH) for name in ("bearerbox", "smsbox")):
        return None
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return "Kannel is not here; as root: apt-get install kannel"
    done = subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", "kannel"], capture_output=True,
                          text=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}, check=False)
    return None if done.returncode == 0 else f"apt-get install kannel: {done.stderr.strip()[-200:]}"


class Kannel:
    """In the folder of a world, between its load and its sink."""

    def __init__(self, w):
        self.w = w
        self.sendsms, admin = house.free_port(), house.free_port()
        conf = w.folder / "kannel.conf"
        conf.write_text(CONF.format(folder=w.folder, admin=admin, boxes=house.free_port(), mo=house.free_port(),
                                    password=world.AUTH_TOKEN, sink=w.records.port(), sendsms=self.sendsms))
        self.boxes = [w.spawn("bearerbox", "/usr/sbin/bearerbox", conf)]
        house.until(lambda: self._listens(admin), "bearerbox", 20)
        self.boxes.append(w.spawn("smsbox", "/usr/sbin/smsbox", conf))
        house.until(lambda: self._listens(self.sendsms), "smsbox", 20)
        time.sleep(1)  # the boxes find each other: sendsms answers 202 before, and keeps it to itself

    @staticmethod
    def _listens(port):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            return False
