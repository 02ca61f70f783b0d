"""Kannel as conf/kannel/kannel.conf sets it up, in a folder and on ports of the test's own, in front of smsc.js."""
import json
import pathlib
import re
import shutil
import subprocess
import urllib.error
import urllib.request

from house import Skipped, check, free_port, until
from pinned import npm_modules

HERE = pathlib.Path(__file__).parent
PASSWORD = "sendsms-password"


def http(url, value=None, timeout_s=30):
    """Status and text; a value is posted as JSON."""
    data = None if value is None else json.dumps(value).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=timeout_s) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read().decode(errors="replace")


class Smsc:
    """The SMPP server of smsc.js."""

    def __init__(self, house):
        modules = pathlib.Path(house.args.modules) / "node_modules"
        if not shutil.which("node") or not npm_modules(HERE, modules.parent, "smpp"):
            raise Skipped("node and the package smpp (npm ci in tests/kannel) are not here")
        script = modules.parent / "smsc.js"
        script.write_bytes((HERE / "smsc.js").read_bytes())
        self.process = house.spawn("smsc", "node", script)
        log = house.folder / "smsc.log"
        ports = until(lambda: re.match(r"(\d+) (\d+)", log.read_text()), "the SMSC")
        self.port, self.control = int(ports[1]), f"http://127.0.0.1:{ports[2]}"

    def ask(self, path, value=None):
        status, text = http(self.control + path, value)
        check(status == 200, f"the SMSC's {path}: {status} {text}")
        return json.loads(text)

    def rules(self, default=None, **to):
        self.ask("/rules", {"default": {"receipt": "DELIVRD"} if default is None else default,
                            "to": {number.lstrip("n"): rule for number, rule in to.items()}})

    def seen(self, to=None):
        return [m for m in self.ask("/seen") if to is None or m["to"].lstrip("+") == to.lstrip("+")]

    def write(self, text, sender="447400000001", ton=1, coding=0, to="60777"):
        """A person's text; coding 0 is written as ASCII here, 8 as UTF-16BE."""
        raw = text if isinstance(text, bytes) else text.encode("utf-16-be" if coding == 8 else "ascii")
        self.ask("/mo", {"from": sender, "ton": ton, "to": to, "coding": coding, "hex": raw.hex()})

    def whole_text(self, to):
        """The parts of the one message to that number, in order and as the phone joins them."""
        parts = self.seen(to)
        if len(parts) > 1:
            heads = [bytes.fromhex(p["udh"]) for p in parts]
            check(all(h[:3] in (b"\x05\x00\x03", b"\x00\x03" + h[2:3]) or h[-3] for h in heads), "no part has a head")
            check({h[-2] for h in heads} == {len(parts)}, f"of {[h[-2] for h in heads]} parts, {len(parts)} came")
            check({h[-3] for h in heads} == {heads[0][-3]}, "the parts are of several messages")
            parts = [p for _, p in sorted(zip([h[-1] for h in heads], parts), key=lambda pair: pair[0])]
        return "".join(p["text"] for p in parts)


class Conf:
    """A file of Kannel: groups of `key = value` lines. What is shipped is what is tried, but for hosts, ports and words."""

    def __init__(self, text):
        self.lines = text.splitlines()

    def set(self, group, **values):
        inside, missing = False, dict(values)
        for i, line in enumerate(self.lines):
            key, _, value = (word.strip() for word in line.partition("="))
            if key == "group":
                inside = value == group
            name = key.replace("-", "_")
            if inside and name in missing:
                self.lines[i] = f"{key} = {missing.pop(name)}"
        check(not missing, f"group {group} of kannel.conf has no {', '.join(missing)}")

    def drop(self, group, key):
        inside = False
        for i, line in enumerate(self.lines):
            name, _, value = (word.strip() for word in line.partition("="))
            if name == "group":
                inside = value == group
            if inside and name == key:
                self.lines[i] = ""

    def text(self):
        return "\n".join(self.lines) + "\n"


class Kannel:
    """get_url: of the sms-service; change: what a test wants otherwise, {group: {key: value}}."""

    def __init__(self, house, smsc, get_url, sendsms_port, redis_port, change=None):
        missing = [name for name in ("bearerbox", "smsbox") if not shutil.which(name, path="/usr/sbin:/usr/bin:/sbin")]
        if missing:
            raise Skipped("Kannel is not here (Debian's package `kannel`)")
        self.house, self.port = house, sendsms_port
        self.admin = free_port()
        (house.folder / "spool").mkdir()
        self.conf = house.folder / "kannel.conf"
        conf = Conf((pathlib.Path(house.args.source) / "conf/kannel/kannel.conf").read_text())
        boxes = free_port()
        conf.set("core", admin_port=self.admin, smsbox_port=boxes, admin_password="stop-it",
                 log_file=house.folder / "bearerbox-file.log", store_location=house.folder / "spool/store")
        conf.set("redis-connection", port=redis_port)
        conf.set("smsc", host="127.0.0.1", port=smsc.port, smsc_username="kannel", smsc_password="kannel",
                 reconnect_delay=1)
        conf.set("smsbox", bearerbox_port=boxes, sendsms_port=sendsms_port, log_file=house.folder / "smsbox-file.log",
                 http_queue_delay=1)
        conf.set("sendsms-user", password=PASSWORD)
        conf.set("sms-service", get_url=f'"{get_url}"')
        for group, values in (change or {}).items():
            conf.set(group, **values)
        self.conf.write_text(conf.text())
        self.smsc = smsc
        self.start_bearerbox()
        self.start_smsbox()

    def start_bearerbox(self):
        self.bearerbox = self.house.spawn("bearerbox", "/usr/sbin/bearerbox", "-v", "4", self.conf)
        until(self.status, "bearerbox", 20)
        until(lambda: self.smsc.ask("/sessions"), "bearerbox at the SMSC", 20)

    def start_smsbox(self):
        self.smsbox = self.house.spawn("smsbox", "/usr/sbin/smsbox", "-v", "4", self.conf)
        until(lambda: "smsbox:" in (self.status() or ""), "smsbox", 20)
        until(lambda: self.sendsms() == 403, "sendsms", 20)

    def status(self):
        try:
            return http(f"http://127.0.0.1:{self.admin}/status.txt", timeout_s=2)[1]
        except OSError:
            check(self.bearerbox.poll() is None, "bearerbox ended")
            return None

    def sendsms(self):
        try:
            return http(f"http://127.0.0.1:{self.port}/cgi-bin/sendsms?username=x", timeout_s=2)[0]
        except OSError:
            check(self.smsbox.poll() is None, "smsbox ended")
            return None
