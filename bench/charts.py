#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws what script/bench --json printed: a chart for each group of rows, ours against each peer or limit as
a ratio on a logarithmic scale, readable in light and dark.

   charts.py DIR < ROWS      writes DIR/GROUP.svg, and says which"""

import datetime
import html
import json
import math
import pathlib
import re
import sys

WIDTH, LEFT, RIGHT, ROW, HEAD, FOOT = 760, 230, 180, 24, 54, 44

# A group is a file: its title, what a ratio of 1 is, and a pattern of its rows' names.
GROUPS = [
    ("check", "Check of a token, against the bare verification of its signature", "OpenSSL or libsodium alone",
     r"(jose|verify)-.*-(cold|openssl)"),
    ("memory", "Remembered signatures, and threads", "anew, or one thread", r".*-(cached|threads)"),
    ("libraries-rs256", "RS256, against other libraries", "as fast as ours", "rs256-.*"),
    ("libraries-es256", "ES256, against other libraries", "as fast as ours", "es256-.*"),
    ("libraries-eddsa", "EdDSA, against other libraries", "as fast as ours", "eddsa-.*"),
    ("api", "Guarded requests over HTTP", "the peer", "(http|api)-.*"),
    ("provider", "The provider", "the peer", "provider-.*"),
    ("python", "The Python package", "the peer", "python-.*"),
]
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.small { font-size: 11px; fill: #59636e }
.grid { stroke: #d1d9e0 }
.one { stroke: #59636e; stroke-width: 1.5 }
.bar { fill: #0969da } .less { fill: #9a6700 }
.ground { fill: #ffffff }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .small { fill: #9198a1 }
  .grid { stroke: #3d444d } .one { stroke: #9198a1 }
  .bar { fill: #4493f8 } .less { fill: #d29922 }
  .ground { fill: #0d1117 }
}
"""


def number(value):
    """Three digits that count."""
    for factor, unit in ((1e6, "M"), (1e3, "k")):
        if value >= factor:
            return f"{value / factor:.3g}{unit}"
    return f"{value:.3g}"


def ticks(low, high):
    """1, 2 and 5 of each power of ten within the scale, or only the powers where it is long."""
    steps = (1, 2, 5) if high / low < 300 else (1,)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    values = [step * 10.0 ** power for power in range(first, last + 1) for step in steps]
    return [value for value in values if low <= value * 1.0001 and value <= high * 1.0001]


def scale_of(rows):
    """Around 1, with room at both ends."""
    ratios = [row["ratio"] for row in rows]
    return min(0.8, min(ratios) / 1.15), max(1.25, max(ratios) * 1.15)


def draw(title, one, rows, note):
    low, high = scale_of(rows)
    bottom = HEAD + ROW * len(rows)

    def x(value):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(value / low) / math.log(high / low)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{bottom + FOOT}" '
        f'viewBox="0 0 {WIDTH} {bottom + FOOT}" role="img" aria-label="{html.escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{bottom + FOOT}"/>',
        f'<text class="title" x="16" y="24">{html.escape(title)}</text>',
        f'<text class="small" x="16" y="42">ours / peer, logarithmic; 1 is {html.escape(one)}</text>',
    ]
    for value in ticks(low, high):
        kind = "one" if value == 1 else "grid"
        out.append(f'<line class="{kind}" x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{HEAD - 4}" y2="{bottom + 4}"/>')
        out.append(f'<text class="small" x="{x(value):.1f}" y="{bottom + 18}" text-anchor="middle">{value:g}</text>')
    for index, row in enumerate(rows):
        top = HEAD + ROW * index
        start, end = sorted((x(1), x(row["ratio"])))
        kind = "bar" if row["ratio"] >= 1 else "less"
        sides = f'{number(row["ratio"])} ×  ({number(row["ours"])} : {number(row["peer"])})'
        out.append(f'<text x="{LEFT - 10}" y="{top + 16}" text-anchor="end">{html.escape(row["name"])}</text>')
        out.append(f'<rect class="{kind}" x="{start:.1f}" y="{top + 4}" width="{max(end - start, 1):.1f}" height="{ROW - 8}"/>')
        out.append(f'<text class="small" x="{WIDTH - RIGHT + 8}" y="{top + 16}">{html.escape(sides)}</text>')
    out.append(f'<text class="small" x="16" y="{bottom + 36}">{html.escape(note)}</text>')
    return "\n".join([*out, "</svg>", ""])


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "an unknown processor"


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rows = [row for row in map(json.loads, filter(None, map(str.strip, sys.stdin))) if row.get("ratio", 0) > 0]
    if not rows:
        sys.exit("no rows to draw")
    note = f"script/bench --svg, {datetime.date.today()}, {processor()}"
    for name, title, one, pattern in GROUPS:
        own = [row for row in rows if re.fullmatch(pattern, row["name"])]
        if own:
            (folder / f"{name}.svg").write_text(draw(title, one, own, note))
            print(folder / f"{name}.svg")


if __name__ == "__main__":
    main()
