# SPDX-License-Identifier: Apache-2.0
"""A page of one's own in the place of the items API, at the redirect URI of the client items-docs."""

import http.server
import threading
from contextlib import contextmanager

SCRIPT, PAGE = "text/javascript", "text/html"


@contextmanager
def served_in_place_of(items_api, page, scripts):
    """Serves the scripts at their paths and the page everywhere else: from a server, as browsers let pages of this
    machine alone frame others of it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            script = scripts.get(self.path)
            self.send_response(200)
            self.send_header("Content-Type", SCRIPT if script else PAGE)
            self.end_headers()
            self.wfile.write(script or page.encode())

        def log_message(self, *_):
            pass

    items_api.stop()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", items_api.port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{items_api.base}/docs/oauth2-redirect"
    finally:
        server.shutdown()
        server.server_close()
        items_api.start()
