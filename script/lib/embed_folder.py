# SPDX-License-Identifier: Apache-2.0
"""Turns files that browsers load into one C source, the table of src/provider/console/web_file.h:

   embed_folder.py FOLDER OUT FILE...

Each is named by its path below FOLDER. Of an HTML page, {{version}} becomes the version of all files and {{modules}}
a line for each script of its folder that everybody needs, so that browsers ask for all of them at once. Each stands there
as it is and as gzip makes it smaller.
"""

import base64
import gzip
import hashlib
import pathlib
import re
import sys

import c_string

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}


def content(path):
    """Whom it is served to does not need the line that names the license."""
    return re.sub(rb"^.*SPDX-License-Identifier:.*\n", b"", path.read_bytes(), count=1, flags=re.M)


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()[:18]).decode()


def is_for_everybody(name):
    """Of the messages the browser's language alone is loaded, by whom it is known to."""
    return name.endswith(".js") and "/messages/" not in name


def fill(name, page, version, names):
    folder = name.rpartition("/")[0]
    scripts = (other for other in names if other.startswith(folder + "/") and is_for_everybody(other))
    lines = (f'<link rel="modulepreload" href="../../../resources/{version}/{other}">' for other in scripts)
    return page.replace(b"{{version}}", version.encode()).replace(b"{{modules}}", "\n".join(lines).encode())


def array(name, data):
    return f"static const unsigned char {name}[] =\n{c_string.lines(data)};\n"


def main():
    folder, target, *paths = map(pathlib.Path, sys.argv[1:])
    files = {path.resolve().relative_to(folder.resolve()).as_posix(): content(path) for path in sorted(paths)}
    version = digest("".join(f"{name} {digest(data)}\n" for name, data in files.items()).encode())
    rows, arrays = [], []
    for number, (name, data) in enumerate(sorted(files.items())):
        if name.endswith(".html"):
            data = fill(name, data, version, files)
        arrays.append(array(f"file_{number}", data) + array(f"packed_{number}", gzip.compress(data, mtime=0)))
        kind = TYPES[pathlib.PurePath(name).suffix]
        as_is = f'{{"\\"{digest(data)}\\"", file_{number}, sizeof file_{number} - 1}}'
        packed = f'{{"\\"{digest(data)}.gzip\\"", packed_{number}, sizeof packed_{number} - 1}}'
        rows.append(f'    {{"{name}", "{kind}", {as_is}, {packed}}},\n')
    with open(target, "w") as out:
        out.write('#include "provider/console/web_file.h"\n\n' + "".join(arrays))
        out.write("const web_file web_files[] = {\n" + "".join(rows) + "};\n")
        out.write(f"const size_t web_file_count = {len(rows)};\n")
        out.write(f'const char web_files_version[] = "{version}";\n')


main()
