# SPDX-License-Identifier: Apache-2.0
"""A mail server for tests (SMTP, RFC 5321) on loopback: takes mails, or behaves as it is told.

mood: "takes", "refuses" (each recipient), "busy" (451 to the message), "hangs" (says nothing), "drops" (the connection,
in the middle of a message).
"""

import base64
import email
import email.policy
import re
import socketserver
import ssl
import threading
import time

from waiting import PATIENCE


class Letter:
    def __init__(self, sender, recipients, raw, login, secure):
        self.sender, self.recipients, self.raw, self.login, self.secure = sender, recipients, raw, login, secure
        self.message = email.message_from_bytes(raw, policy=email.policy.default)

    def body(self, kind="plain"):
        return self.message.get_body((kind,)).get_content()

    @property
    def link(self):
        return re.search(r"https?://\S+", self.body())[0]


class _Handler(socketserver.StreamRequestHandler):
    timeout = 30

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        server = self.server.of
        if server.mood == "hangs":
            server.held += 1
            server.released.wait(2 * PATIENCE)
            return
        self.login, self.secure, self.sender, self.recipients = None, server.context is not None and not server.starttls, None, []
        self.say("220 mail.test ESMTP")
        while line := self.rfile.readline():
            words = line.decode("utf-8", "replace").strip()
            server.lines.append(words)
            if self.command(server, words.upper(), words) is False:
                return

    def command(self, server, upper, words):
        if upper.startswith("EHLO"):
            more = ["STARTTLS"] if server.starttls and not self.secure else []
            more += ["AUTH PLAIN LOGIN"] if server.user and (self.secure or not server.starttls) else []
            for name in ["mail.test", *more]:
                self.say(f"250-{name}")
            self.say("250 8BITMIME")
        elif upper == "STARTTLS" and server.starttls:
            self.say("220 go")
            self.request = server.context.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile, self.secure = self.request.makefile("rb"), self.request.makefile("wb", 0), True
        elif upper.startswith("AUTH PLAIN"):
            given = words.split()[2] if len(words.split()) > 2 else self.ask()
            _, user, password = base64.b64decode(given).decode().split("\0")
            if (user, password) != server.user:
                self.say("535 no")
            else:
                self.login = user
                self.say("235 yes")
        elif upper.startswith("MAIL FROM:"):
            if server.user and not self.login:
                self.say("530 who are you?")
            else:
                self.sender = words[10:]
                self.say("250 ok")
        elif upper.startswith("RCPT TO:"):
            self.recipients.append(words[8:])
            self.say("550 nobody here" if server.mood == "refuses" else "250 ok")
        elif upper == "DATA":
            self.say("354 go on")
            return self.data(server)
        elif upper == "QUIT":
            self.say("221 bye")
            return False
        else:
            self.say("250 ok")

    def ask(self):
        self.say("334 ")
        return self.rfile.readline().strip()

    def data(self, server):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            if server.mood == "drops":
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        if server.mood == "busy":
            self.say("451 later")
            return None
        self.say("250 taken")
        server.take(Letter(self.sender, self.recipients, b"".join(lines), self.login, self.secure))


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def get_request(self):
        connection, address = super().get_request()
        context = self.of.context
        return (context.wrap_socket(connection, server_side=True) if context and not self.of.starttls else connection), address

    def handle_error(self, request, client_address):
        pass  # who hangs up has said enough


class MailServer:
    """with MailServer() as mails: …; mails.setting() is a realm's smtpServer."""

    def __init__(self, user=None, certificate=None, starttls=False):
        self.user, self.starttls, self.mood = user, starttls, "takes"
        self.letters, self.lines, self.changed, self.released = [], [], threading.Condition(), threading.Event()
        self.context, self.held = None, 0
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.of = self
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

    def setting(self, **changes):
        return {"host": "127.0.0.1", "port": str(self.port), "from": "door@shop.example", "fromDisplayName": "The Döor", **changes}

    def take(self, letter):
        with self.changed:
            self.letters.append(letter)
            self.changed.notify_all()

    def next(self, seconds=PATIENCE):
        """The next letter, taken away."""
        end = time.monotonic() + seconds
        with self.changed:
            while not self.letters:
                assert self.changed.wait(end - time.monotonic()), "no mail has come"
            return self.letters.pop(0)
