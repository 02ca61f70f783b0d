"""What the tests of the doors stand on: a house with gateways of three providers, a provider that takes what is sent to
anybody, and webhooks signed by code of our own."""
import base64
import hashlib
import hmac
import http.server
import json
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from api_world import Server
from house import PATIENCE_S, House, equal, post, until

TOKEN, APP_SECRET, HOOK = "auth-token-of-the-test", "app-secret-of-the-test", "hook-token-of-the-test"
NOW = int(time.time()) - 3600  # when things are said, unless a test says otherwise


class Provider(http.server.BaseHTTPRequestHandler):
    """Takes everything; `calls` says how it knows a recipient: {digits: {"wa_id": …, "user_id": …}}."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        answer, status = {}, 200
        if self.path.endswith("Messages.json"):
            form = dict(urllib.parse.parse_qsl(body))
            held = {key: form[key] for key in ("ContentSid", "ContentVariables") if key in form}
            self.took(form["To"], form.get("From"), form.get("Body"), template=held or None)
            answer, status = {"sid": "SM%032x" % len(self.server.seen), "status": "queued"}, 201
        else:
            sent = json.loads(body)
            to = sent.get("to") or sent.get("recipient")
            self.took(to, self.path.split("/")[-2], sent.get("text", {}).get("body"), "to" not in sent, sent.get("template"),
                      sent.get("biz_opaque_callback_data"))
            answer = {"messages": [{"id": f"wamid.out{len(self.server.seen)}"}],
                      "contacts": [dict({"input": to, "wa_id": to}, **self.server.calls.get(to, {}))]}
        self.answer(status, json.dumps(answer))

    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        self.took(query.get("to"), query.get("from"), query.get("text"))
        self.answer(202, "0: Accepted for delivery")

    def took(self, to, sender, text, by_id=False, template=None, ref=None):
        self.server.seen.append({"to": (to or "").removeprefix("whatsapp:"), "from": sender, "text": text, "by_id": by_id,
                                 "template": template, "ref": ref})

    def answer(self, status, text):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(data)


def signed_form(url, form, token=TOKEN):
    """A webhook as Twilio signs it."""
    signed = url + "".join(key + form[key] for key in sorted(form))
    digest = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    equal(post(url, form, {"X-Twilio-Signature": digest}), 200, "the webhook's answer")


class DoorWorld(House):
    def __init__(self, args, **more):
        super().__init__(args)
        self.provider = Server(("127.0.0.1", 0), Provider)
        self.provider.seen, self.provider.calls = [], {}
        threading.Thread(target=self.provider.serve_forever, daemon=True).start()
        twilio = {"provider": "twilio", "account": {"account_sid": "ACtest", "auth_token": TOKEN}}
        meta = {"provider": "whatsapp_cloud", "channel": "whatsapp"}
        account = {"access_token": "t-t-t", "app_secret": APP_SECRET, "verify_token": "v-v-v"}
        gateways = {
            "tw": dict(twilio, senders=["+447700900998"]),
            "north": dict(twilio, senders=["+447700900991"], group="north"),
            "south": dict(twilio, senders=["+447700900992"], group="south"),
            "twa": dict(twilio, channel="whatsapp", senders=["+447700900997"]),
            "wa": dict(meta, account=dict(account, phone_number_id="111"), senders=["+447700900996"]),
            "wa2": dict(meta, account=dict(account, phone_number_id="222"), senders=["+447700900995"]),
            "ka": {"provider": "kannel", "senders": ["+447700900994"],
                   "account": {"username": "muster", "password": "p-p-p", "hook_token": HOOK}}}
        try:
            settings = {"organisation": {"name": "Us", "country": "GB", "stop_confirmation": "", "help_answer": ""},
                        "people": [{"name": "Vee", "role": "volunteer", "group": "main", "token": "token-of-vee-0000000"}]}
            settings.update(more)
            self.start_musterd(port=self.provider.server_address[1], gateways=gateways, **settings)
        except BaseException:
            self.end()
            raise
        self.url = self.daemon.url
        self.events = 0

    def end(self):
        self.provider.shutdown()
        self.provider.server_close()
        super().end()

    # ---- webhooks

    def id(self, prefix):
        self.events += 1
        return f"{prefix}{self.events}"

    def meta(self, value, field="messages", gateway="wa", number_id="111", display="447700900996"):
        value = dict({"messaging_product": "whatsapp",
                      "metadata": {"display_phone_number": display, "phone_number_id": number_id}}, **value)
        body = json.dumps({"object": "whatsapp_business_account",
                           "entry": [{"id": "1", "changes": [{"value": value, "field": field}]}]}).encode()
        digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        request = urllib.request.Request(f"{self.url}/hooks/{gateway}", body, {
            "X-Hub-Signature-256": "sha256=" + digest, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            equal(answer.status, 200, "the webhook's answer")

    def whatsapp(self, who, at=NOW, contact=None, gateway="wa", number_id="111", display="447700900996", **what):
        """who: {"from": …} or {"from_user_id": …} or both; what: the message, a text where it has no type."""
        if "text" in what:
            what = dict(what, type="text", text={"body": what["text"]})
        message = dict({"id": self.id("wamid.in"), "timestamp": str(at)}, **who)
        message.update(what)
        contact = contact or {"profile": {"name": "Kim"}}
        if "from" in who:
            contact = dict(contact, wa_id=who["from"])
        if "from_user_id" in who:
            contact = dict(contact, user_id=who["from_user_id"])
        self.meta({"contacts": [contact], "messages": [message]}, gateway=gateway, number_id=number_id, display=display)
        return message

    def moves(self, old, new, at, **ids):
        self.whatsapp({"from": old[1:]}, at=at, type="system",
                      system=dict({"body": "User Kim changed", "wa_id": new[1:], "type": "user_changed_number"}, **ids))

    def twilio(self, sender, text, gateway="tw", to="+447700900998", **more):
        signed_form(f"{self.url}/hooks/{gateway}",
                    dict({"MessageSid": self.id("SM"), "AccountSid": "ACtest", "From": sender, "To": to, "Body": text,
                          "NumMedia": "0"}, **more))

    def written(self, target, headers, body):
        """A request as it is written, and the status of its answer."""
        with socket.create_connection(self.daemon.config["listen"].rsplit(":", 1), timeout=20) as line:
            line.sendall(f"POST {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n".encode() + body)
            return int(b"".join(iter(lambda: line.recv(65536), b"")).split()[1])

    def kannel(self, sender, text, at=NOW):
        query = urllib.parse.urlencode({"token": HOOK, "ts": at, "to": "60777", "id": self.id("k"), "sender": sender,
                                        "message": text})
        with urllib.request.urlopen(f"{self.url}/hooks/ka/inbound?{query}", timeout=20) as answer:
            equal(answer.status, 200, "the webhook's answer")

    # ---- what became of it

    def inbox(self, *options):
        return json.loads(self.muster("inbox", "list", "--json", *options))["conversations"]

    def everything(self):
        return self.inbox() + self.inbox("--closed")

    def thread(self, conversation):
        return json.loads(self.muster("inbox", "show", conversation, "--json"))

    def of(self, address):
        """The conversations of somebody, open or closed."""
        return [c for c in self.everything() if c["address"] == address]

    def only(self, address):
        found = self.of(address)
        equal(len(found), 1, f"conversations of {address}; there are {[c['address'] for c in self.everything()]}")
        return self.thread(found[0]["id"])

    def words(self, address):
        return [m["text"] for m in self.only(address)["messages"]]

    def is_suppressed(self, number):
        done = subprocess.run([self.args.muster, "suppress", "check", number, "--json", "--server",
                               "unix:" + self.daemon.socket], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        return bool(json.loads(done.stdout).get("suppressed"))

    def campaign(self, numbers, name, gateway="tw", **changes):
        path = self.folder / f"{name}.csv"
        path.write_text("phone,first_name\n" + "".join(f"{n},Zoe\n" for n in numbers))
        group = changes.pop("group", None)
        self.muster("audience", "import", path, "--name", name, *(["--group", group] if group else []))
        before = len(self.provider.seen)
        if gateway in ("wa", "wa2", "twa"):
            held = self.folder / "held.yaml"
            held.write_text('default: en\nwhatsapp:\n  en: {template: HXmeeting, language: en_GB, params: ["{{first_name}}"]}\n')
            changes = dict({"text": None, "template": "held.yaml"}, **changes)
        campaign = self.launch(name, name, gateway=gateway, **changes)
        until(lambda: self.settled(campaign), "the campaign")
        return campaign, self.provider.seen[before:]
