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


class Streams:
    """Those that were opened and have not ended yet, as what comes back is read piece by piece."""

    def __init__(self, sent):
        self.open = {stream for kind, _, stream, _ in frames(sent) if kind == HEADERS}
        self.goaway = self.answered = False
        self._rest = b""

    def read(self, piece):
        self._rest += piece
        at = 0
        while len(self._rest) >= at + 9:
            size = int.from_bytes(self._rest[at : at + 3], "big")
            if len(self._rest) < at + 9 + size:
                break
            kind, flags = self._rest[at + 3 : at + 5]
            if kind == RST_STREAM or (kind in (DATA, HEADERS) and flags & END_STREAM):
                self.open.discard(int.from_bytes(self._rest[at + 5 : at + 9], "big"))
            self.goaway |= kind == GOAWAY
            self.answered |= kind == PING and flags & ACK and self._rest[at + 9 : at + 9 + size] == LAST
            at += 9 + size
        self._rest = self._rest[at:]


LAST = b"the last"  # eight bytes, as every PING has


def read_settled(sock, sent, quiet):
    """Everything that `sent` brings: once all its streams have ended, a PING is answered after all that was on the way
    before (True when the connection ended, or nothing came for `quiet` seconds: False)."""
    streams, received, asked = Streams(sent), b"", False
    sock.settimeout(quiet)
    try:
        while not streams.answered:
            if not asked and not streams.open and not streams.goaway:
                sock.sendall(frame(PING, 0, 0, LAST))
                asked = True
            piece = sock.recv(1 << 20)
            if not piece:
                return received, True
            received += piece
            streams.read(piece)
    except TimeoutError:
        pass
    except (BrokenPipeError, ConnectionResetError):
        return received, True
    return received, False


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
