# SPDX-License-Identifier: Apache-2.0
"""The documentation as a site, made by script/site."""

import functools
import http.server
import subprocess
import threading
from contextlib import contextmanager

from peers import PROJECT, virtual_environment

SETTINGS = PROJECT / "packaging" / "site" / "mkdocs.yml"


def mkdocs():
    return virtual_environment("site", SETTINGS.with_name("requirements.txt")) / "bin" / "mkdocs"


def built(folder):
    """The site in that folder; a build that says anything at all has failed."""
    mkdocs()  # its absence skips the test, whatever script/site says to it
    done = subprocess.run([PROJECT / "script" / "site", folder], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
