# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 frames by hand: enough to say what a well-behaved library would not."""

import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
NO_ERROR, PROTOCOL_ERROR, REFUSED_STREAM, ENHANCE_YOUR_CALM = 0, 1, 7, 11


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def hpack(*fields):
    """Literal fields without indexing, no Huffman coding (RFC 7541 §6.2.2)."""
    block = b""
    for name, value in fields:
        name, value = (part if isinstance(part, bytes) else part.encode() for part in (name, value))
        block += b"\0" + length(name) + name + length(value) + value
    return block


def length(text):
    size = len(text)
    if size < 127:
        return bytes([size])
    size -= 127
    result = b"\x7f"
    while size >= 128:
        result += bytes([size % 128 + 128])
        size //= 128
    return result + bytes([size])


def request(stream, path="/hello", *more, method="GET", end=True, authority="a"):
    fields = [(":method", method), (":scheme", "http"), (":path", path)]
    if authority is not None:
        fields.append((":authority", authority))
    flags = END_HEADERS | (END_STREAM if end else 0)
    return frame(HEADERS, flags, stream, hpack(*fields, *more))


def start(settings=b""):
    return PREFACE + frame(SETTINGS, 0, 0, settings)


# Responses repeat nothing from a table, so that statuses() can read them all.
NO_TABLE = b"\0\x01\0\0\0\0"


def frames(data):
    """All whole frames in `data`: (kind, flags, stream, payload)."""
    found = []
    while len(data) >= 9:
        size = int.from_bytes(data[:3], "big")
        if len(data) < 9 + size:
            break
        found.append((data[3], data[4], int.from_bytes(data[5:9], "big"), data[9 : 9 + size]))
        data = data[9 + size :]
    return found


def resets(data):
    """Error code by stream."""
    return {s: int.from_bytes(p, "big") for kind, _, s, p in frames(data) if kind == RST_STREAM}


def goaway(data):
    """The error code of the last GOAWAY; None without."""
    codes = [int.from_bytes(p[4:8], "big") for kind, _, _, p in frames(data) if kind == GOAWAY]
    return codes[-1] if codes else None


def statuses(data):
    """Status by stream, as far as a response begins with it: indexed, or a literal without Huffman."""
    indexed = {0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500}
    found = {}
    for kind, _, stream, payload in frames(data):
        if kind == HEADERS and stream not in found:
            payload = payload[payload[0] & 0xE0 == 0x20 :]  # a new size of the table (RFC 7541 §6.3)
            first = payload[0]
            found[stream] = indexed.get(first) or _literal(payload)
    return found


_HUFFMAN_DIGITS = {format(i, "05b"): str(i) for i in range(3)} | {format(0x19 + i, "06b"): str(3 + i) for i in range(7)}


def _literal(payload):
    """A literal with the name ":status" by index, its value Huffman-coded digits (RFC 7541 §5.2)."""
    huffman, size = payload[1] & 0x80, payload[1] & 0x7F
    value = payload[2 : 2 + size]
    if not huffman:
        return int(value)
    bits = "".join(format(byte, "08b") for byte in value)
    digits = ""
    while len(digits) < 3:
        width = 5 if bits[:5] in _HUFFMAN_DIGITS else 6
        digits += _HUFFMAN_DIGITS[bits[:width]]
        bits = bits[width:]
    return int(digits)
