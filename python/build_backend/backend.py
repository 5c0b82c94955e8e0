# SPDX-License-Identifier: Apache-2.0
"""The build of the package: meson-python, and a source distribution that has the C library with it."""

import base64
import hashlib
import io
import os
import pathlib
import re
import sysconfig
import tarfile
import zipfile

import mesonpy
from mesonpy import *  # noqa: F403

HERE = pathlib.Path(__file__).resolve().parents[1]
OLDEST = "cp39"  # limited_api of meson.build
# What the extension is built from, of the tree that this folder lies in.
LIBRARY = ["meson.build", "meson_options.txt", "LICENSE", "include", "script/lib/embed.py", "script/lib/walls.py"]
FLOORS = ["base", "jose", "net", "guard", "login"]


def _settings(settings):
    """A free-threaded interpreter has no stable ABI yet, and gets an extension of its own."""
    settings = dict(settings or {})
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        given = settings.get("setup-args", [])
        given = [given] if isinstance(given, str) else list(given)
        settings["setup-args"] = [*given, "-Dpython.allow_limited_api=false"]
    return settings


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = mesonpy.build_wheel(wheel_directory, _settings(config_settings), metadata_directory)
    return _for_all(pathlib.Path(wheel_directory) / name)


def _for_all(wheel):
    """The name of the same wheel, tagged by the oldest interpreter that takes it, not by the one that built it."""
    renamed = wheel.with_name(re.sub(r"-cp3\d+-abi3-", f"-{OLDEST}-abi3-", wheel.name))
    if renamed == wheel:
        return wheel.name
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(renamed, "w", zipfile.ZIP_DEFLATED) as new:
        records = {}
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith(".dist-info/WHEEL"):
                data = re.sub(rb"cp3\d+-abi3-", OLDEST.encode() + b"-abi3-", data)
                digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                records[entry.filename] = f"{entry.filename},sha256={digest},{len(data)}"
            if entry.filename.endswith(".dist-info/RECORD"):
                lines = data.decode().splitlines()
                data = "".join(records.get(line.split(",")[0], line) + "\n" for line in lines).encode()
            new.writestr(entry, data)
    wheel.unlink()
    return renamed.name


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return mesonpy.build_editable(wheel_directory, _settings(config_settings), metadata_directory)


def _files():
    """Pairs of a name in the source distribution and the file: this folder, then the library in it."""
    tree = (HERE / "subprojects" / "ostiary").resolve()
    for path in sorted(HERE.rglob("*")):
        name = path.relative_to(HERE)
        if path.is_file() and name.parts[0] not in ("subprojects", "build", "dist", "ostiary-jose") and _kept(name):
            yield name, path
    places = [tree / name for name in LIBRARY] + [tree / "src" / floor for floor in FLOORS]
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and _kept(path):
                yield pathlib.Path("subprojects/ostiary") / path.relative_to(tree), path


def _kept(name):
    return "__pycache__" not in name.parts and name.suffix not in (".pyc", ".so")


def build_sdist(sdist_directory, config_settings=None):
    with mesonpy._project(config_settings) as project:
        stem = f"{project._metadata.distribution_name}-{project._metadata.version}"
        info = bytes(project._metadata.as_rfc822())
    target = pathlib.Path(sdist_directory) / f"{stem}.tar.gz"
    with tarfile.open(target, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, path in _files():
            archive.add(path, f"{stem}/{name}", filter=_plain)
        entry = tarfile.TarInfo(f"{stem}/PKG-INFO")
        entry.size = len(info)
        archive.addfile(_plain(entry), io.BytesIO(info))
    return target.name


def _plain(entry):
    """The same archive from the same files, whoever makes it."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = int(os.environ.get("SOURCE_DATE_EPOCH", 0)) or entry.mtime
    return entry
