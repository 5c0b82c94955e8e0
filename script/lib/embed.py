# SPDX-License-Identifier: Apache-2.0
"""Turns files into a C source that holds their bytes and their SHA-256 in base64: embed.py NAME IN... OUT.

Whom it is served to does not need the line that names the license."""

import base64
import hashlib
import re
import sys

import c_string

name, *sources, target = sys.argv[1:]
data = b"".join(
    re.sub(rb"^.*SPDX-License-Identifier:.*\n", b"", open(source, "rb").read(), count=1, flags=re.M) for source in sources
)
digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
with open(target, "w") as out:
    out.write(f"#include <stddef.h>\n\nextern const unsigned char {name}[];\nextern const size_t {name}_len;\n")
    out.write(f"extern const char {name}_sha256[];\n")
    out.write(f"const unsigned char {name}[] =\n{c_string.lines(data)};\n") # a zero follows, which is not counted
    out.write(f"const size_t {name}_len = {len(data)};\n")
    out.write(f'const char {name}_sha256[] = "{digest}";\n')
