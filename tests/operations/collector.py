# SPDX-License-Identifier: Apache-2.0
"""A collector of traces: what comes is read by OpenTelemetry's own messages."""

import http.server
import threading
import time

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from waiting import PATIENCE


class Collected:
    """A span with the attributes of itself and of who sent it."""

    def __init__(self, span, resource, scope):
        self.raw, self.scope = span, scope
        self.name = span.name
        self.kind = Span.SpanKind.Name(span.kind)
        self.trace, self.id, self.parent = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
        self.attributes, self.resource = named(span.attributes), named(resource.attributes)
        self.seconds = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9

    def __repr__(self):
        return f"{self.resource.get('service.name')}: {self.kind} {self.name} {self.attributes}"


def named(attributes):
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


class Collector:
    """Usable in a with statement. `statuses` are the first answers, 200 from then on; `wait` holds them back; `exact` are
    messages without a byte that says nothing, as ours are."""

    def __init__(self, statuses=(), wait=0, exact=True):
        self.exact = exact
        self.bodies, self.requests, self.spans = [], [], []
        self.statuses = list(statuses)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(wait)
                status = outer.statuses.pop(0) if outer.statuses else 200
                outer.requests.append((self.path, dict(self.headers), status))
                if status == 200:
                    outer.take(body)
                self.send_response(status)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def take(self, body):
        message = ExportTraceServiceRequest()
        assert message.ParseFromString(body) == len(body)
        message.DiscardUnknownFields()
        assert not self.exact or message.ByteSize() == len(body)  # there were none
        self.bodies.append(body)
        for of_resource in message.resource_spans:
            for of_scope in of_resource.scope_spans:
                self.spans += [Collected(span, of_resource.resource, of_scope.scope) for span in of_scope.spans]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def of_trace(self, trace, count=1, seconds=PATIENCE):
        """The spans of that trace, once there are so many."""
        deadline = time.monotonic() + seconds
        while True:
            found = [span for span in self.spans if span.trace == trace]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, self.spans
            time.sleep(0.05)
