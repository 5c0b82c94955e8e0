# SPDX-License-Identifier: Apache-2.0
"""Prints what is in a build and what it stands on, as CycloneDX 1.6 (JSON).

   sbom.py [--archive FILE] BUILD [WHEEL]...

It reads what each program and library names for the loader, and what the program loads when it needs it; pkg-config has the
versions. A library that the table does not know ends it: then it belongs into the table, with its license. With
SOURCE_DATE_EPOCH the same build gives the same bytes.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile

import versions

# By the name that the loader looks for: what it is called, pkg-config's name for it, its license (SPDX).
KNOWN = {
    "libcrypto.so.3": ("openssl", "libcrypto", "Apache-2.0"),
    "libssl.so.3": ("openssl", "libssl", "Apache-2.0"),
    "libcbor.so.0.8": ("libcbor", "libcbor", "MIT"),
    "libcurl.so.4": ("curl", "libcurl", "curl"),
    "libnghttp2.so.14": ("nghttp2", "libnghttp2", "MIT"),
    "libp11-kit.so.0": ("p11-kit", "p11-kit-1", "BSD-3-Clause"),
    "libpcre2-8.so.0": ("pcre2", "libpcre2-8", "BSD-3-Clause"),
    "libpq.so.5": ("postgresql", "libpq", "PostgreSQL"),
    "libqrencode.so.4": ("qrencode", "libqrencode", "LGPL-2.1-or-later"),
    "libsodium.so.23": ("libsodium", "libsodium", "ISC"),
    "libsqlite3.so.0": ("sqlite", "sqlite3", "blessing"),
    "libuv.so.1": ("libuv", "libuv", "MIT"),
    "libz.so.1": ("zlib", "zlib", "Zlib"),
    "libc.so.6": ("glibc", None, "LGPL-2.1-or-later"),
    "libm.so.6": ("glibc", None, "LGPL-2.1-or-later"),
}
LOADER = re.compile(r"ld-linux[\w-]*\.so\.\d+")
# What is made here: its name, its kind, where it is in a build.
MADE = (
    ("ostiary", "application", "src/cli/ostiary"),
    ("libostiary", "library", "src/library/libostiary.so"),
    ("libostiary-app", "library", "src/library/libostiary-app.so"),
)


def said(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def needed(file):
    """Names for the loader, and those that the program itself asks the loader for later."""
    names = set(re.findall(r"\(NEEDED\).*\[(.+)\]", said("readelf", "--dynamic", "--wide", str(file))))
    later = {name.decode() for name in re.findall(rb"\0(lib[\w-]+\.so\.\d+)(?=\0)", pathlib.Path(file).read_bytes())}
    # A library's own name stands in it as well.
    own = set(re.findall(r"\(SONAME\).*\[(.+)\]", said("readelf", "--dynamic", "--wide", str(file))))
    names = {name for name in (names | later) - own if not LOADER.fullmatch(name)}
    unknown = names - KNOWN.keys()
    if unknown:
        raise SystemExit(f"sbom.py: {file} needs {', '.join(sorted(unknown))}, which is not in the table")
    return names


def component(kind, name, version, license, reference, **more):
    return {
        "type": kind,
        "bom-ref": reference,
        "name": name,
        "version": version,
        "licenses": [{"license": {"id": license}}],
        "purl": reference,
        **more,
    }


def below(name):
    """The component that a library's name stands for."""
    title, package, license = KNOWN[name]
    version = said("pkg-config", "--modversion", package) if package else said("getconf", "GNU_LIBC_VERSION").split()[1]
    return component("library", title, version, license, f"pkg:generic/{title}@{version}")


def digest(path):
    return {"hashes": [{"alg": "SHA-256", "content": hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()}]}


def made(build, wheels, version):
    """What is made here: each component, with the names of what it needs."""
    for name, kind, place in MADE:
        reference = f"pkg:generic/ostiary@{version}#{place}"
        yield component(kind, name, version, "Apache-2.0", reference), needed(build / place)
    for wheel in wheels:
        project, number = wheel.name.split("-")[:2]
        project = project.replace("_", "-")
        with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
            files = [archive.extract(name, folder) for name in archive.namelist() if name.endswith(".so")]
            names = set().union(*(needed(file) for file in files))
        yield component("library", project, number, "Apache-2.0", f"pkg:pypi/{project}@{number}", **digest(wheel)), names


def document(build, wheels, archive):
    version = versions.version()
    whole = component("application", "ostiary", version, "Apache-2.0", f"pkg:generic/ostiary@{version}",
                      **(digest(archive) if archive else {}))
    ours, others, edges = [], {}, []
    for one, names in made(build, wheels, version):
        ours.append(one)
        libraries = [below(name) for name in sorted(names)]
        others |= {library["bom-ref"]: library for library in libraries}
        edges.append((one["bom-ref"], sorted({library["bom-ref"] for library in libraries})))
    edges.append((whole["bom-ref"], [one["bom-ref"] for one in ours]))
    edges += [(reference, []) for reference in others]
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    text = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)),
            "lifecycles": [{"phase": "build"}],
            "component": whole,
        },
        "components": ours + [others[reference] for reference in sorted(others)],
        "dependencies": [{"ref": reference, "dependsOn": on} for reference, on in sorted(edges)],
    }
    # Of its content: the same content is the same list, and has the same number.
    text["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(text, sort_keys=True))}"
    return text


def main():
    words = [word for word in sys.argv[1:] if not word.endswith("*.whl")]  # a shell's pattern that matched nothing
    archive = None
    if words[:1] == ["--archive"]:
        archive, words = words[1], words[2:]
    build, *wheels = map(pathlib.Path, words)
    print(json.dumps(document(build, wheels, archive), indent=2))


if __name__ == "__main__":
    main()
