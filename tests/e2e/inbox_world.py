"""What the tests of the inbox stand on: Redis, the simulator and musterd on ports and in a folder of their own, a
campaign that was sent, and the answers of people as the provider's signed webhooks."""
import base64
import hashlib
import hmac
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from webdriver import wait_for

SOURCE = pathlib.Path(__file__).resolve().parents[2]
AUTH_TOKEN = "auth-token-of-the-test"
SENDER = "+447700900000"
PEOPLE = {"Sam": ("organiser", "main"), "Ada": ("volunteer", "main"), "Ben": ("volunteer", "main"),
          "Eve": ("volunteer", "elsewhere")}
CONFIG = """\
listen: 127.0.0.1:{port}
socket: {folder}/muster.sock
public_url: http://127.0.0.1:{port}
state_dir: {folder}/state
providers: {source}/conf/providers
secret: 0123456789abcdef0123456789abcdef
redis: {{url: "unix:{folder}/redis.sock"}}
organisation: {{name: Harbour Street Neighbours}}
gateways:
  main:
    provider: twilio
    base_url: http://127.0.0.1:{sim}
    account: {{account_sid: ACtest, auth_token: {auth_token}}}
    senders: ["{sender}"]
    rate_per_s: 1000
people:
"""
CAMPAIGN = """\
name: Thursday's meeting
audience: members
gateway: main
text: "Hi {{first_name}}, the Harbour Street Neighbours meet on Thursday at 7pm. Will you come? Reply STOP to end."
"""


def token_of(name):
    return f"the-token-of-{name.lower()}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


class World:
    """Leaves with stop(), which ends what was started, and by its pid."""

    def __init__(self, musterd, muster_sim, muster):
        self.programs = {"musterd": musterd, "muster-sim": muster_sim}
        self.muster_program = muster
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-inbox-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes = []
        self.events = 0
        try:
            self.start_all()
        except BaseException:
            self.stop()
            raise

    def start(self, name, *arguments):
        with open(self.folder / (name + ".log"), "wb") as log:
            process = subprocess.Popen([self.programs.get(name, name), *arguments], stdout=log, stderr=log)
        self.processes.append((name, process))
        return process

    def start_all(self):
        self.start("redis-server", "--port", "0", "--unixsocket", str(self.folder / "redis.sock"), "--dir",
                   str(self.folder), "--save", "", "--appendonly", "yes", "--appendfsync", "always",
                   "--maxmemory-policy", "noeviction")
        port_file = self.folder / "sim.port"
        self.start("muster-sim", "--listen", "127.0.0.1:0", "--port-file", str(port_file), "--account-sid", "ACtest",
                   "--auth-token", AUTH_TOKEN, "--webhook", f"twilio={self.url}/hooks/main", "--receipts",
                   "delivered:1", "--receipt-delay-ms", "50", "--receipt-jitter-ms", "0", "--thanks", "0")
        self.sim = int(self.up(lambda: port_file.exists() and port_file.read_text().strip(), "the simulator"))
        self.up((self.folder / "redis.sock").exists, "Redis")
        config = self.folder / "muster.yaml"
        config.write_text(self.config())
        self.start("musterd", "--config", str(config))
        self.up(lambda: answers(self.url + "/inbox/login"), "musterd")

    def up(self, condition, what):
        name, process = self.processes[-1]

        def look():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended: " + (self.folder / (name + ".log")).read_text()[-500:])
            return condition()
        return wait_for(look, what)

    def config(self):
        text = CONFIG.format(port=self.port, folder=self.folder, source=SOURCE, sim=self.sim, auth_token=AUTH_TOKEN,
                             sender=SENDER)
        for name, (role, group) in PEOPLE.items():
            text += f"  - {{name: {name}, role: {role}, group: {group}, token: {token_of(name)}}}\n"
        return text

    def stop(self):
        for _, process in reversed(self.processes):
            process.terminate()
            process.wait()
        shutil.rmtree(self.folder)

    def logs(self):
        return "".join(f"{name}: {line}\n" for name, _ in self.processes
                       for line in (self.folder / (name + ".log")).read_text(errors="replace").splitlines()[-8:])

    def muster(self, *arguments):
        command = [self.muster_program, *arguments, "--server", f"unix:{self.folder}/muster.sock"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def campaign(self, people):
        """Texts all of [(number, first name)]; returns the campaign's status when it is done."""
        rows = "".join('{},"{}"\n'.format(number, name.replace('"', '""')) for number, name in people)
        (self.folder / "people.csv").write_text("phone,first_name\n" + rows)
        (self.folder / "campaign.yaml").write_text(CAMPAIGN)
        self.muster("audience", "import", str(self.folder / "people.csv"), "--name", "members")
        launched = self.muster("campaign", "launch", str(self.folder / "campaign.yaml"), "--yes", "--json")
        number = str(json.loads(launched)["id"])

        def status():
            shown = json.loads(self.muster("campaign", "status", number, "--json"))
            return shown if shown["counts"]["delivered"] == len(people) else None
        return wait_for(status, "everyone's receipt")

    def person_writes(self, number, text):
        """A text from a person, as the provider's webhook; the simulator's own people write at random."""
        self.events += 1
        form = {"MessageSid": f"SM{self.events:032x}", "From": number, "To": SENDER, "Body": text, "NumMedia": "0"}
        url = self.url + "/hooks/main"
        signed = url + "".join(key + form[key] for key in sorted(form))
        digest = hmac.new(AUTH_TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
        request = urllib.request.Request(url, urllib.parse.urlencode(form).encode(),
                                         {"X-Twilio-Signature": base64.b64encode(digest).decode()})
        with urllib.request.urlopen(request, timeout=10):
            pass

    def texts_to(self, number):
        """What the provider was given for a number, newest first."""
        query = urllib.parse.urlencode({"to": number})
        with urllib.request.urlopen(f"http://127.0.0.1:{self.sim}/sim/messages?{query}", timeout=10) as answer:
            return [message["text"] for message in json.load(answer)["messages"]]
