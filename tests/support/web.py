# SPDX-License-Identifier: Apache-2.0
"""A small browser and form client for tests, on the standard library alone.

It shows what went over the wire: headers in order and with repeats, redirects unfollowed
unless asked for, cookies with all their attributes.
"""

from __future__ import annotations

import base64
import calendar
import hashlib
import http.client
import json
import re
import time
import urllib.parse
from dataclasses import dataclass, field
from html.parser import HTMLParser

TIMEOUT_SECONDS = 60  # no measure of speed
MAX_REDIRECTS = 10


@dataclass
class Answer:
    """One HTTP response, with the URL it answered."""

    url: str
    status: int
    headers: list  # of (name, value), in the order received
    body: bytes
    method: str = "GET"
    sent_headers: dict = field(default_factory=dict)
    sent_body: bytes | None = None

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)

    def header(self, name):
        """The value of the header, None without one; several are joined by a comma."""
        values = [v for n, v in self.headers if n.lower() == name.lower()]
        return ", ".join(values) if values else None

    def all(self, name):
        return [v for n, v in self.headers if n.lower() == name.lower()]

    @property
    def location(self):
        """The redirect's target as an absolute URL."""
        value = self.header("Location")
        return urllib.parse.urljoin(self.url, value) if value else None

    @property
    def page(self):
        return Page(self.text, self.url)


@dataclass
class Form:
    """An HTML form; fields holds the attributes of each input, in order."""

    attributes: dict
    action: str
    fields: list = field(default_factory=list)

    @property
    def method(self):
        return self.attributes.get("method", "get").upper()

    def values(self):
        """What a browser would send if its user touched nothing and pressed no named button."""
        skipped = ("submit", "button", "image", "checkbox", "radio")
        return {
            f["name"]: f.get("value") or ""
            for f in self.fields
            if f.get("name") and f.get("type", "text").lower() not in skipped
        }


class Page(HTMLParser):
    """The parts of an HTML page that tests look at."""

    SILENT = ("script", "style", "head")
    VOID = ("input", "img", "br", "hr", "meta", "link", "base", "area", "col", "source", "wbr")

    def __init__(self, html, url=""):
        super().__init__(convert_charrefs=True)
        self.url = url
        self.title = ""
        self.forms = []
        self.links = []
        self.ids = {}
        self.text_by_id = {}
        self.lines = []
        self._open = []
        self.feed(html)
        self.close()
        self.text = "\n".join(self.lines)
        self.title = " ".join(self.title.split())
        self.text_by_id = {k: " ".join(v.split()) for k, v in self.text_by_id.items()}

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if attributes.get("id"):
            self.ids[attributes["id"]] = tag
        if tag == "form":
            action = urllib.parse.urljoin(self.url, attributes.get("action") or self.url)
            self.forms.append(Form(attributes, action))
        elif tag in ("input", "button", "select", "textarea") and self.forms:
            self.forms[-1].fields.append({"tag": tag, **attributes})
        elif tag == "a" and attributes.get("href"):
            self.links.append(urllib.parse.urljoin(self.url, attributes["href"]))
        if tag not in self.VOID:
            self._open.append((tag, attributes.get("id")))

    def handle_endtag(self, tag):
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth][0] == tag:
                del self._open[depth:]
                return

    def handle_data(self, data):
        tags = [tag for tag, _ in self._open]
        if "title" in tags:
            self.title += data
        if not data.strip() or any(tag in self.SILENT for tag in tags):
            return
        self.lines.append(" ".join(data.split()))
        for _, identifier in self._open:
            if identifier:
                self.text_by_id[identifier] = self.text_by_id.get(identifier, "") + " " + data

    def form(self, identifier=None):
        for candidate in self.forms:
            if identifier is None or candidate.attributes.get("id") == identifier:
                return candidate
        raise AssertionError(f"no form {identifier or ''} on the page {self.url}: {self.text[:400]}")


class Browser:
    """Requests with a cookie jar, as one browser profile would send them."""

    def __init__(self, tls=None):
        self.tls = tls  # an SSL context, for https
        self.cookies = {}  # (host, path, name) -> value; ports share cookies, as in browsers

    def get(self, url, params=None, headers=None, follow=False):
        if params:
            url += ("&" if "?" in url else "?") + urllib.parse.urlencode(params, doseq=True)
        return self.request("GET", url, None, headers, follow)

    def post(self, url, form=None, headers=None, follow=False):
        """form: a dict, a list of pairs, or bytes sent as they are."""
        headers = dict(headers or {})
        if form is not None and not isinstance(form, bytes):
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
            form = urllib.parse.urlencode(form, doseq=True).encode()
        return self.request("POST", url, form, headers, follow)

    def submit(self, form, follow=False, headers=None, **values):
        data = {**form.values(), **values}
        if form.method == "POST":
            return self.post(form.action, data, headers, follow)
        return self.get(form.action, data, headers, follow)

    def request(self, method, url, body=None, headers=None, follow=False):
        answer = self._once(method, url, body, headers)
        hops = 0
        while follow and answer.status in (301, 302, 303, 307, 308) and answer.location:
            hops += 1
            assert hops <= MAX_REDIRECTS, f"redirected more than {MAX_REDIRECTS} times: {url}"
            answer = self._once("GET", answer.location, None, headers)
        return answer

    def _once(self, method, url, body, headers):
        parts = urllib.parse.urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"Accept": "*/*", **(headers or {})}
        cookie = self.cookie_header(parts.hostname, parts.path or "/")
        if cookie and not any(name.lower() == "cookie" for name in sent):
            sent["Cookie"] = cookie
        connection = self._connection(parts)
        try:
            connection.request(method, target, body, sent)
            response = connection.getresponse()
            headers = response.getheaders()
            answer = Answer(url, response.status, headers, response.read(), method, sent, body)
        finally:
            connection.close()
        for line in answer.all("Set-Cookie"):
            self._store(parts.hostname, parts.path or "/", line)
        return answer

    def _connection(self, parts):
        if parts.scheme == "https":
            return http.client.HTTPSConnection(
                parts.hostname, parts.port or 443, timeout=TIMEOUT_SECONDS, context=self.tls
            )
        return http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=TIMEOUT_SECONDS)

    def cookie_header(self, host, path):
        matching = [
            (name, value)
            for (cookie_host, cookie_path, name), value in self.cookies.items()
            if cookie_host == host and _path_matches(path, cookie_path)
        ]
        return "; ".join(f"{name}={value}" for name, value in matching)

    def cookie(self, name):
        for (_, _, cookie_name), value in self.cookies.items():
            if cookie_name == name:
                return value
        return None

    def _store(self, host, path, line):
        cookie = parse_set_cookie(line)
        scope = cookie["attributes"].get("path") or (path.rsplit("/", 1)[0] or "/")
        key = (host, scope, cookie["name"])
        expired = cookie["attributes"].get("max-age", "").strip() in ("0", "-1")
        expires = cookie["attributes"].get("expires")
        if expires and _http_date(expires) <= time.time():
            expired = True
        if expired:
            self.cookies.pop(key, None)
        else:
            self.cookies[key] = cookie["value"]


def parse_set_cookie(line):
    """{'name', 'value', 'attributes': {lower-case name: value}, 'flags': [names as sent]}"""
    first, *rest = line.split(";")
    name, _, value = first.strip().partition("=")
    attributes, flags = {}, []
    for part in rest:
        key, _, attribute = part.strip().partition("=")
        attributes[key.lower()] = attribute
        flags.append(key)
    return {"name": name, "value": value, "attributes": attributes, "flags": flags}


def query_of(url):
    """The query's parameters as a dict; a repeated one keeps the last value."""
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True))


def fragment_of(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).fragment, keep_blank_values=True))


def digest_within(text, tag):
    """What a policy calls that which stands within a page's one element of that name."""
    (inner,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    return f"'sha256-{base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()}'"


def allowed_scripts(answer):
    """The sources that the answer's policy lets scripts come from."""
    found = re.search(r"(?:^|; )script-src ([^;]*)", answer.header("content-security-policy"))
    return found[1].split() if found else []


def basic(user, password):
    pair = f"{urllib.parse.quote(user, safe='')}:{urllib.parse.quote(password, safe='')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


JWT = re.compile(r"^[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*$")


def unverified_token(token):
    """Header and claims of a compact JWT, in their order; nothing is checked."""
    header, claims, _ = token.split(".")
    return _json_part(header), _json_part(claims)


def _json_part(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _path_matches(path, cookie_path):
    if path == cookie_path:
        return True
    prefix = cookie_path if cookie_path.endswith("/") else cookie_path + "/"
    return path.startswith(prefix)


def _http_date(text):
    text = text.replace("-", " ")
    for form in ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d %b %y %H:%M:%S GMT"):
        try:
            return calendar.timegm(time.strptime(text.strip(), form))
        except ValueError:
            continue
    return float("inf")
