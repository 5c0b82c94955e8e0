# SPDX-License-Identifier: Apache-2.0
"""What a type checker and help() know of the package."""

import inspect
import os
import pathlib
import subprocess
import sys

import pytest

import ostiary
from ostiary import asgi, errors, jwe, jwk, jws, jwt, mcp, testing, wsgi

PACKAGE = pathlib.Path(ostiary.__file__).parent
USER = """
import ostiary
from ostiary import jwk, jwt

verifier = ostiary.Verifier("https://id.example.org", "api", introspection=ostiary.Introspection("api", "s"))
several = ostiary.Verifier([ostiary.Issuer("https://id.example.org", ["api", "other"], leeway=5)])

async def route(token: str) -> str:
    claims = await verifier.averify(token, ostiary.Policy({"scopes": ["read"]}))
    name: str | None = claims.subject
    return name or str(claims.get("name", "nobody"))

def wrong() -> None:
    verifier.verify(5)  # E
    ostiary.Verifier("x", "y", leway=1)  # E
    jwt.sign({}, "key", "RS256")  # E
    jwk.Key()  # ok: nothing says that a final class cannot be called
"""


def run(*command, cwd):
    environment = {**os.environ, "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=300)
    return done.returncode, done.stdout + done.stderr


def wrong_lines(text):
    return [number for number, line in enumerate(text.splitlines(), 1) if line.endswith("# E")]


def test_mypy_takes_the_package_and_finds_what_is_wrong_with_its_use(tmp_path):
    code, said = run(sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, "-p", "ostiary", cwd=tmp_path)
    assert code == 0, said
    (tmp_path / "user.py").write_text(USER)
    code, said = run(sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, "user.py", cwd=tmp_path)
    lines = sorted({int(line.split(":")[1]) for line in said.splitlines() if ": error:" in line})
    assert lines == wrong_lines(USER), said


def test_pyright_takes_the_package_and_finds_what_is_wrong_with_its_use(tmp_path):
    code, said = run(sys.executable, "-m", "pyright", "--pythonpath", sys.executable, str(PACKAGE), cwd=tmp_path)
    if "0 errors" not in said and "error:" not in said:
        pytest.skip(f"pyright cannot be had: {said[-200:]}")
    assert code == 0, said
    (tmp_path / "user.py").write_text(USER)
    code, said = run(sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "user.py", cwd=tmp_path)
    lines = sorted({int(line.split(":")[1]) for line in said.splitlines() if " - error:" in line})
    assert lines == wrong_lines(USER), said


def public_things():
    for module in (ostiary, jws, jwt, jwe, jwk, testing, asgi, wsgi, mcp):
        for name in module.__all__:
            if not name.startswith("__") and not inspect.ismodule(getattr(module, name)):
                yield getattr(module, name)
    yield from (thing for thing in vars(errors).values() if isinstance(thing, type))


@pytest.mark.parametrize("thing", set(public_things()), ids=lambda thing: thing.__qualname__)
def test_every_public_name_says_what_it_is(thing):
    assert len(thing.__doc__) > 15
    if inspect.isclass(thing) and not issubclass(thing, Exception):
        for name, member in vars(thing).items():
            if not name.startswith("_"):
                assert member.__doc__ or not callable(member), f"{thing.__qualname__}.{name}"


@pytest.mark.parametrize(
    "method", [ostiary.Verifier.verify, ostiary.Verifier.check, ostiary.Claims.has_role, ostiary.Key.generate]
)
def test_methods_of_the_extension_show_their_parameters(method):
    assert len(inspect.signature(method).parameters) > 1


def test_every_code_has_an_exception(tmp_path):
    from ostiary import _core

    for code, (number, _, sentence) in _core.results().items():
        if number:
            made = errors.fail(code, sentence) if code != "OST_E_MEMORY" else errors.ResourceError()
            assert isinstance(made, errors.OstiaryError)
