# SPDX-License-Identifier: Apache-2.0
"""Somebody with a browser at the sites of one gate."""

import http.client
import urllib.parse

from navigation import NAVIGATION
from web import Browser, parse_set_cookie, query_of


class Person:
    """A browser with cookies as RFC 6265bis keeps them, whose proxy is this test."""

    def __init__(self, gate, callback="/_ostiary/callback"):
        self.gate, self.callback = gate, callback
        self.jar = {}  # (host or .domain, name) -> value
        self.set = []  # every Set-Cookie line that came

    def take(self, host, line):
        self.set.append(line)
        cookie = parse_set_cookie(line)
        name, attributes = cookie["name"], cookie["attributes"]
        domain = attributes.get("domain")
        assert "Secure" in cookie["flags"] and "HttpOnly" in cookie["flags"] and attributes["path"] == "/"
        assert domain is None if name.startswith("__Host-") else name.startswith("__Secure-") and ("." + host).endswith("." + domain)
        place = (f".{domain}" if domain else host, name)
        if attributes.get("max-age") == "0":
            self.jar.pop(place, None)
        else:
            self.jar[place] = cookie["value"]

    def sent(self, host):
        host = host.split(":")[0]
        matching = [(name, value) for (place, name), value in self.jar.items() if place in (host, ".") or ("." + host).endswith(place)]
        return "; ".join(f"{name}={value}" for name, value in matching)

    def ask(self, host, path, method="GET", cookies=None, **headers):
        """By way of the proxy: the gate's own pages, or else the question whether it may pass."""
        connection = http.client.HTTPConnection("127.0.0.1", self.gate.port, timeout=60)
        fields = {**NAVIGATION, "X-Forwarded-Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
        fields.update({name.replace("_", "-"): value for name, value in headers.items()})
        own = path.startswith(("/_ostiary/", self.callback))
        if not own:
            fields.update({"X-Original-Method": method, "X-Original-URI": path})
        cookies = self.sent(host) if cookies is None else cookies
        if cookies:
            fields["Cookie"] = cookies
        connection.request(method if own else "GET", path if own else "/check", headers=fields)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.take(host.split(":")[0], line)
        return answer

    def begin(self, host, wanted="/", cookies=None):
        """Where the provider sends this browser, once it has signed in there."""
        started = self.ask(host, f"/_ostiary/login?rd={urllib.parse.quote(wanted, safe='')}", cookies=cookies)
        assert started.status == 302, started.status
        assert query_of(started.headers["Location"])["redirect_uri"] == f"https://{host}{self.callback}"
        return urllib.parse.urlsplit(Browser().get(started.headers["Location"]).location)

    def log_in(self, host, wanted="/"):
        back = self.begin(host, wanted)
        assert back.netloc == host
        return self.ask(host, f"{back.path}?{back.query}")

    def passes(self, host, path="/", **more):
        return self.ask(host, path, **more).status == 200
