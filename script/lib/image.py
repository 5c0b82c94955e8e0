# SPDX-License-Identifier: Apache-2.0
"""Writes an image of one program, see script/image.

   image.py PROGRAM FILE

The archive is of both forms: an OCI layout (index.json) and what `docker load` has always read (manifest.json). All
times are those of the commit, or SOURCE_DATE_EPOCH; all owners are root but of the data folder's.
"""

import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
USER = 65532  # "nonroot" of distroless images
DATA = "/var/lib/ostiary"
LOADED = ("libcurl.so.4", "libpq.so.5")  # when they are first needed, so that ldd does not tell
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
TEXTS = {
    "etc/passwd": f"root:x:0:0:root:/:/nonexistent\nnonroot:x:{USER}:{USER}:nonroot:{DATA}:/nonexistent\n",
    "etc/group": f"root:x:0:\nnonroot:x:{USER}:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def libraries(file):
    """Paths by the names under which the loader looks for them."""
    found = {}
    for line in run("ldd", str(file)).splitlines():
        match = re.match(r"\s*(?:(\S+) => )?(/\S+) \(0x", line)
        if match:
            found[match[2]] = pathlib.Path(match[2]).resolve()
    return found


def all_libraries(program):
    found = libraries(program)
    cache = dict(re.findall(r"^\s*(\S+) \(libc6,[^)]*64[^)]*\) => (\S+)$", run("/sbin/ldconfig", "-p"), re.M))
    for name in LOADED:
        if name not in cache:
            raise SystemExit(f"script/image: there is no {name} (script/bootstrap run)")
        path = cache[name]
        found |= {path: pathlib.Path(path).resolve(), **libraries(path)}
    return found


class Layer:
    def __init__(self, seconds):
        self.seconds, self.bytes = seconds, io.BytesIO()
        self.tar = tarfile.open(fileobj=self.bytes, mode="w", format=tarfile.PAX_FORMAT)
        self.folders = set()

    def _add(self, name, kind, mode, owner=0, content=None, link=""):
        member = tarfile.TarInfo(name)
        member.type, member.mode, member.mtime, member.linkname = kind, mode, self.seconds, link
        member.uid = member.gid = owner
        member.size = len(content) if content is not None else 0
        self.tar.addfile(member, io.BytesIO(content) if content is not None else None)

    def folder(self, name, mode=0o755, owner=0):
        parent = str(pathlib.PurePosixPath(name).parent)
        if parent != "." and parent not in self.folders:
            self.folder(parent)
        if name not in self.folders:
            self.folders.add(name)
            self._add(name, tarfile.DIRTYPE, mode, owner)

    def file(self, name, content, mode=0o644):
        self.folder(str(pathlib.PurePosixPath(name).parent))
        self._add(name, tarfile.REGTYPE, mode, content=content)

    def link(self, name, target):
        self.folder(str(pathlib.PurePosixPath(name).parent))
        self._add(name, tarfile.SYMTYPE, 0o777, link=target)

    def close(self):
        self.tar.close()
        return self.bytes.getvalue()


def make_layer(program, seconds):
    layer = Layer(seconds)
    layer.folder("tmp", 0o1777)
    layer.folder(DATA[1:], 0o700, USER)
    # Where Keycloak's image has its data: what is mounted there to be imported is found.
    layer.link("opt/keycloak/data", DATA)
    layer.file("usr/bin/ostiary", pathlib.Path(program).read_bytes(), 0o755)
    for name, path in sorted(all_libraries(program).items()):
        layer.file(name[1:], path.read_bytes(), 0o755)
    layer.file(AUTHORITIES[1:], pathlib.Path(AUTHORITIES).read_bytes())
    for name, text in sorted(TEXTS.items()):
        layer.file(name, text.encode())
    layer.file("usr/share/doc/ostiary/copyright", (ROOT / "packaging/debian/copyright").read_bytes())
    layer.file("usr/share/doc/ostiary/LICENSE", (ROOT / "LICENSE").read_bytes())
    return layer.close()


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def descriptor(kind, content, **more):
    return {"mediaType": f"application/vnd.oci.image.{kind}+{'gzip' if 'layer' in kind else 'json'}",
            "digest": digest(content), "size": len(content), **more}


def config(layer, created, version):
    return {
        "created": created,
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[run("uname", "-m").strip()],
        "os": "linux",
        "config": {
            "User": f"{USER}:{USER}",
            "ExposedPorts": {"8080/tcp": {}, "8443/tcp": {}},
            "Env": ["PATH=/usr/bin", "KC_HTTP_HOST=0.0.0.0", f"OSTIARY_DATA={DATA}"],
            "Entrypoint": ["/usr/bin/ostiary", "provider"],
            "Cmd": ["start-dev"],
            "Volumes": {DATA: {}},
            "WorkingDir": DATA,
            "Healthcheck": {"Test": ["CMD", "/usr/bin/ostiary", "health"], "Interval": 30 * 10**9, "Timeout": 10**10},
            "Labels": {
                "org.opencontainers.image.title": "Ostiary",
                "org.opencontainers.image.description": "OpenID Connect provider that stands in for Keycloak",
                "org.opencontainers.image.licenses": "Apache-2.0",
                "org.opencontainers.image.version": version,
            },
        },
        "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
        "history": [{"created": created, "created_by": "script/image"}],
    }


def write(program, target):
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct"))
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    version = re.search(r"^  version: '(.*)',$", (ROOT / "meson.build").read_text(), re.M)[1]
    plain = make_layer(program, seconds)
    layer = gzip.compress(plain, 6, mtime=0)
    settings = json.dumps(config(plain, created, version), sort_keys=True).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("config.v1", settings),
        "layers": [descriptor("layer.v1.tar", layer)],
    }
    manifest = json.dumps(manifest, sort_keys=True).encode()
    names = {"org.opencontainers.image.ref.name": version, "io.containerd.image.name": f"docker.io/library/ostiary:{version}"}
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
             "manifests": [descriptor("manifest.v1", manifest, annotations=names)]}
    blob = {content: "blobs/sha256/" + hashlib.sha256(content).hexdigest() for content in (settings, manifest, layer)}
    docker = [{"Config": blob[settings], "RepoTags": [f"ostiary:{version}"], "Layers": [blob[layer]]}]
    archive = Layer(seconds)
    for content, name in blob.items():
        archive.file(name, content)
    archive.folders.add(".")
    archive.file("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
    archive.file("index.json", json.dumps(index, sort_keys=True).encode())
    archive.file("manifest.json", json.dumps(docker, sort_keys=True).encode())
    pathlib.Path(target).write_bytes(archive.close())
    print(f"{target}: ostiary:{version}, {len(layer) / 2**20:.1f} MiB to fetch, {len(plain) / 2**20:.1f} MiB on disk, {digest(manifest)}")


if __name__ == "__main__":
    write(*sys.argv[1:])
