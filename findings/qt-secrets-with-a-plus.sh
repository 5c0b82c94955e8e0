#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Qt Network Authorization signs desktop programs in (QOAuth2AuthorizationCodeFlow). What it sends to the token endpoint is a form
# (RFC 6749 appendix B), in which "+" is a blank and has to be written %2B. Do codes, secrets and refresh tokens arrive as they are?
#
# Expected: all three, or, as of a fault that everybody would meet, none.
# Seen: the code arrives. The client's secret and the refresh token do not: their "+" is sent as it is and arrives as a blank, and
# "%20" within a secret is taken for a blank that was escaped already. Secrets as `openssl rand -base64` makes them (32 bytes) have a "+" in half
# of all cases, and the answer is that the credentials are wrong; opaque refresh tokens in base64 work until the first refresh.
# "/", "=" and "&" arrive.
# For us: secrets that are made here, and refresh tokens, have none of the two characters; docs/usage/provider-programs.md says that
# secrets one chooses for such a program should not either.
#
# PySide6 6.12.0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv v
v/bin/pip -q install PySide6_Essentials==6.12.0 PySide6_Addons==6.12.0

cat >ask.py <<'PY'
import http.server
import json
import sys
import threading
import urllib.parse
import urllib.request

from PySide6.QtCore import QCoreApplication, QTimer, QUrl
from PySide6.QtNetwork import QHostAddress, QNetworkAccessManager
from PySide6.QtNetworkAuth import QOAuth2AuthorizationCodeFlow, QOAuthHttpServerReplyHandler

CODE, REFRESH = "one+two/three==", "four+five/six=="
arrived = []


class Provider(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        arrived.append(form)
        answer = {"access_token": f"t{len(arrived)}", "token_type": "Bearer", "expires_in": 60, "refresh_token": REFRESH}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def sign_in(url):
    """What a browser does after the login."""
    asked = urllib.parse.parse_qs(url.query(QUrl.ComponentFormattingOption.FullyEncoded))
    answer = urllib.parse.urlencode({"code": CODE, "state": asked["state"][0]})
    threading.Thread(target=lambda: urllib.request.urlopen(f"{asked['redirect_uri'][0]}?{answer}").read()).start()


def try_secret(secret):
    arrived.clear()
    flow = QOAuth2AuthorizationCodeFlow(QNetworkAccessManager(app))
    flow.setReplyHandler(QOAuthHttpServerReplyHandler(QHostAddress.SpecialAddress.LocalHost, 0, flow))
    flow.setAuthorizationUrl(QUrl(f"{base}/auth"))
    flow.setTokenUrl(QUrl(f"{base}/token"))
    flow.setClientIdentifier("desk")
    flow.setClientIdentifierSharedKey(secret)
    flow.authorizeWithBrowser.connect(sign_in)
    flow.granted.connect(lambda: flow.refreshTokens() if len(arrived) == 1 else app.quit())
    flow.grant()
    app.exec()
    first, second = arrived
    told = {"code": (CODE, first["code"]), "client_secret": (secret, first["client_secret"]), "refresh_token": (REFRESH, second["refresh_token"])}
    print({name: there if given == there else f"{given} -> {there}" for name, (given, there) in told.items()})
    return [given == there for given, there in told.values()]


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
app = QCoreApplication([])
QTimer.singleShot(60_000, lambda: sys.exit("no answer"))
assert try_secret("a/b&c=d") == [True, True, False]
assert try_secret("a+b") == [True, False, False]
assert try_secret("a%20b") == [True, False, False]
PY
v/bin/python ask.py
