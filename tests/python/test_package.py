# SPDX-License-Identifier: Apache-2.0
"""The package as others get it: a source distribution, a wheel, and every interpreter that is here."""

import os
import pathlib
import re
import subprocess
import sys
import tarfile
import zipfile

import pytest

PYTHON = pathlib.Path(__file__).resolve().parents[2] / "python"
sys.path.append(str(PYTHON.parent / "script" / "lib"))

import pythons  # noqa: E402

WHEEL = os.environ.get("OSTIARY_WHEEL")
# Verifies a token by a key that must be fetched first, in a thread and in a task, and refuses another.
SMOKE = """
import asyncio, http.server, json, os, sys, threading
import ostiary
from ostiary import jwe, jwk, jws, jwt

key = jwk.Key.generate("ES256", kid="k")

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"keys": [key.to_jwk()]}).encode())
    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = "http://127.0.0.1:%d" % server.server_port
verifier = ostiary.Verifier(url, "api", jwks_url=url + "/keys")
token = jwt.sign({"iss": url, "aud": "api", "sub": "alice"}, key, "ES256", lifetime=60)
assert asyncio.run(verifier.averify(token)).subject == verifier.verify(token)["sub"] == "alice"
try:
    verifier.verify(token[:-4] + "AAAA")
except ostiary.errors.SignatureError:
    pass
sealed = jwk.Key.generate("RSA-OAEP-256")
assert jwe.decrypt(jwe.encrypt(b"x", sealed, "RSA-OAEP-256"), sealed).content == b"x"
child = os.fork()
if child == 0:
    os._exit(0 if verifier.verify(token)["sub"] == "alice" else 1)
assert os.waitpid(child, 0)[1] == 0
server.shutdown()
server.server_close()
print("good", ostiary.__version__, *sys.version_info[:2])
"""


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=500, **options)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def path_with_tools():
    return {**os.environ, "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def wheel():
    if not WHEEL:
        pytest.skip("OSTIARY_WHEEL names no wheel (script/test --only python builds one)")
    return pathlib.Path(WHEEL)


@pytest.fixture(scope="module")
def repaired(wheel, tmp_path_factory):
    """The wheel with the libraries that it needs in it."""
    folder = tmp_path_factory.mktemp("repaired")
    run(sys.executable, "-m", "auditwheel", "repair", "-w", folder, wheel, env=path_with_tools())
    return next(folder.glob("*.whl"))


def interpreters():
    """CPython 3.9 and later that take the stable ABI: Debian's, pyenv's, and whatever else is in PATH."""
    cache = os.environ.get("OSTIARY_CACHE") or PYTHON.parent / ".cache"
    return {version: place for (version, kind), place in pythons.interpreters(cache).items() if not kind}


def test_the_wheel_is_one_for_all_and_holds_what_it_should(wheel):
    assert re.search(r"-cp39-abi3-", wheel.name)
    names = zipfile.ZipFile(wheel).namelist()
    assert "ostiary/py.typed" in names and "ostiary/_core.pyi" in names and "ostiary/_core.abi3.so" in names
    assert not [name for name in names if name.endswith((".h", ".a", ".c", ".pc"))]


def test_the_extension_shows_one_name_and_uses_the_stable_interface_alone(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    extension = tmp_path / "ostiary" / "_core.abi3.so"
    shown = run("nm", "-D", "--defined-only", extension).split()
    assert [name for name in shown if name.startswith(("Py", "ost_", "_Py"))] == ["PyInit__core"]


def test_every_interpreter_takes_the_repaired_wheel(repaired, tmp_path):
    found = interpreters()
    assert len(found) >= 1
    for version, place in found.items():
        folder = tmp_path / "venv-{}.{}".format(*version)
        run(place, "-m", "venv", folder)
        run(folder / "bin" / "pip", "install", "-q", "--no-index", "--no-deps", repaired)
        out = run(folder / "bin" / "python", "-W", "error", "-W", "ignore:This process:DeprecationWarning", "-c", SMOKE)
        assert out.split()[0] == "good" and tuple(map(int, out.split()[2:])) == version


def test_the_source_distribution_builds_by_itself(tmp_path):
    run(sys.executable, "-m", "build", "-q", "--no-isolation", "--sdist", "-o", tmp_path, PYTHON, env=path_with_tools())
    archive = next(tmp_path.glob("*.tar.gz"))
    with tarfile.open(archive) as opened:
        names = opened.getnames()
        assert not [name for name in names if ".." in name or name.startswith("/")]
        opened.extractall(tmp_path / "out")
    tree = next((tmp_path / "out").iterdir())
    assert not (tree / "ostiary-jose").exists()
    assert (tree / "PKG-INFO").exists() and not (tree / "subprojects" / "ostiary").is_symlink()
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", tmp_path, tree,
        env=path_with_tools(), cwd=tmp_path)
    target = tmp_path / "site"
    run(sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", target,
        next(tmp_path.glob("*.whl")))
    out = run(sys.executable, "-c", SMOKE, env={**os.environ, "PYTHONPATH": str(target)}, cwd=tmp_path)
    assert out.startswith("good")
