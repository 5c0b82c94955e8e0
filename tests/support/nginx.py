# SPDX-License-Identifier: Apache-2.0
"""A real nginx with our module in it, on a free port, with a configuration of the test's.

OSTIARY_NGINX and OSTIARY_NGINX_MODULE name others than Debian's nginx and the module of the build: script/nginx-module makes them
of any sources of nginx, also with AddressSanitizer (CFLAGS and LDFLAGS -fsanitize=address, --binary --debug). A module with it in
an nginx without: OSTIARY_NGINX_PRELOAD names libasan.so and libubsan.so (script/test --only nginx-asan)."""

import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

from peers import free_port, require_program
from programs import build_folder, built
from waiting import PATIENCE

_PRELUDE = """
%(head)s
worker_processes %(workers)s;
pid {folder}/nginx.pid;
error_log {folder}/error.log %(level)s;
events {{ worker_connections %(connections)s; }}
http {{
    access_log %(log)s;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
"""
# What an nginx begins with up to what is in its http block, to be formatted with the folder, with what follows it.
NGINX_HEAD = _PRELUDE % {"head": "daemon off;", "workers": 1, "level": "error", "connections": 256, "log": "off"}
_OF_TEST = {"head": "{head}", "workers": "{workers}", "level": "info", "connections": "{connections}", "log": "{folder}/access.log"}
CONFIG = (
    _PRELUDE % _OF_TEST
    + """    root {folder}/html;
    {http}
    server {{
        listen 127.0.0.1:{port}{listen};
        {server}
    }}
}}
"""
)


def module():
    return os.environ.get("OSTIARY_NGINX_MODULE") or built("nginx/ngx_http_ostiary_module.so")


def environment():
    library = pathlib.Path(os.environ.get("OSTIARY_LIBRARY_BUILD") or build_folder()) / "src" / "library"
    preload = os.environ.get("OSTIARY_NGINX_PRELOAD")
    return {**os.environ, "LD_LIBRARY_PATH": str(library), **({"LD_PRELOAD": preload} if preload else {})}


# What nginx 1.22 leaks without our module, too: the context of all its regular expressions, and the connections and events of a
# worker, which it makes when it starts one.
_LEAK = re.compile(r"^(?:Direct|Indirect) leak of .*\n(?:\s+#\d.*\n)*", re.M)
_IN_NGINX = r"\s+#\d \S+ +\(\S*/nginx\+\S+\)\n"
_OF_NGINX = re.compile(rf"pcre2_compile_context_create|in ngx_alloc .*\n(?:{_IN_NGINX}){{3}}\s+#\d \S+ in ngx_spawn_process ")


def without_leaks_of_nginx(text):
    """The log, without what LeakSanitizer says of them; with each word of it if there are others."""
    rest = _LEAK.sub(lambda leak: "" if _OF_NGINX.search(leak[0]) else leak[0], text)
    return rest if " leak of " in rest else "\n".join(line for line in rest.splitlines() if not _LEAK_WORDS.search(line))


_LEAK_WORDS = re.compile("ERROR: LeakSanitizer: detected memory leaks|SUMMARY: AddressSanitizer: .* leaked in ")


class Nginx:
    """`server`: what stands in its server block; `http`: before it; `expected`: words of lines of its log that would else be
    a failure. Usable in a with statement."""

    def __init__(self, folder, server, http="", workers=1, head="", listen="", connections=512, port=None, expected=None):
        self.folder = pathlib.Path(folder)
        self.port = port or free_port()
        self.base = f"http://localhost:{self.port}"
        self.program = os.environ.get("OSTIARY_NGINX") or require_program("nginx", "nginx-light")
        self._expected = expected
        self._said = {"workers": workers, "head": head, "listen": listen, "connections": connections}
        (self.folder / "html").mkdir(parents=True, exist_ok=True)
        (self.folder / "html" / "index.html").write_text("hello\n")
        self.config = self.folder / "nginx.conf"
        self.write(server, http)
        self._process = None

    def write(self, server, http=""):
        head = self._said["head"] + ("user root;" if os.geteuid() == 0 else "") + f"load_module {module()};"
        text = CONFIG.format(**{**self._said, "head": head}, folder=self.folder, port=self.port, server=server, http=http)
        self.config.write_text(text)

    def command(self, *arguments):
        return [self.program, "-p", str(self.folder), "-c", str(self.config), "-e", str(self.folder / "error.log"), *arguments]

    def test(self):
        """`nginx -t`: (exit status, what it said)."""
        done = subprocess.run(self.command("-t"), capture_output=True, text=True, timeout=60, env=environment())
        return done.returncode, done.stderr

    def __enter__(self):
        with open(self.folder / "output.log", "ab") as output:
            self._process = subprocess.Popen(self.command("-g", "daemon off;"), stdout=output, stderr=output, env=environment())
        deadline = time.monotonic() + PATIENCE
        while True:
            assert self._process.poll() is None and time.monotonic() < deadline, self.log_tail()
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.02)

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGQUIT)
        try:
            code = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError("nginx did not end:\n" + self.log_tail()) from None
        log = "\n".join(line for line in self.log().splitlines() if not self._expected or self._expected not in line)
        log = without_leaks_of_nginx(log + "\n" + (self.folder / "output.log").read_text(errors="replace"))
        assert code == 0, log[-4000:]
        for word in ("exited on signal", "open socket", "AddressSanitizer", "LeakSanitizer", "runtime error", "[emerg]", "[alert]"):
            assert word not in log, log[-4000:]

    def log(self):
        path = self.folder / "error.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def log_tail(self, lines=40):
        output = self.folder / "output.log"
        text = self.log() + (output.read_text(errors="replace") if output.exists() else "")
        return "\n".join(text.splitlines()[-lines:])

    def reload(self):
        self._process.send_signal(signal.SIGHUP)

    @property
    def pid(self):
        return self._process.pid

    @property
    def ended(self):
        return self._process.poll() is not None

    def workers(self):
        """Process ids of the workers that are there now."""
        children = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [int(child) for child in children]

    def ask(self, path="/", token=None, method="GET", headers=(), body=None):
        """(status, headers as a list of pairs, body)"""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        connection.putrequest(method, path)
        for name, value in [*headers, *([("Authorization", f"Bearer {token}")] if token else [])]:
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), said

    def status(self, path="/", token=None, **more):
        return self.ask(path, token, **more)[0]


def field(answer, name):
    """All values of a header field of an answer of ask."""
    return [value for key, value in answer[1] if key.lower() == name.lower()]
