# SPDX-License-Identifier: Apache-2.0
"""The library as other programs use it: installed, found by pkg-config alone, inside three kinds of
event loops."""

import contextlib
import http.client
import os
import pathlib
import re
import socket
import subprocess
import threading
import time

import null_calls
import pytest
from needs import must_have
from peers import PROJECT, Unavailable, free_port, require_program
from programs import Program, Provider, build_folder
from waiting import until
from web import Browser, bearer

EMBEDDING = PROJECT / "examples" / "embedding"
AUDIENCE = "myapi"
EXAMPLES = ["microhttpd", "libevent", "plain"]
BODY = b"x" * 60000
STRICT = "-O2 -g -Wall -Wextra -Wconversion -Wshadow -Werror -pedantic"


class Installed:
    """What `meson install` gives, in a folder that the build knows nothing about."""

    def __init__(self, build, folder):
        command = ["meson", "install", "--quiet", "-C", build, "--no-rebuild", "--destdir", folder]
        subprocess.run(command, check=True, timeout=120)
        self.build = build
        package = next(pathlib.Path(folder).rglob("ostiary.pc"))
        self.packages = package.parent
        self.libraries = package.parent.parent
        self.prefix = next(pathlib.Path(folder).rglob("include")).parent
        self.environment = {
            **os.environ,
            "PKG_CONFIG_PATH": str(self.packages),
            "LD_LIBRARY_PATH": str(self.libraries),
        }

    def run(self, *command, **options):
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            timeout=120,
            env=self.environment,
            **options,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def flags(self, *arguments):
        return self.run("pkg-config", *arguments).split()


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    build = pathlib.Path(os.environ.get("OSTIARY_LIBRARY_BUILD") or build_folder()).resolve()

    def install():
        if not (build / "src/library/libostiary.so").exists():
            raise Unavailable(f"{build} has no libostiary.so: builds with sanitizers have none")
        require_program("pkg-config", "pkg-config")
        return Installed(build, tmp_path_factory.mktemp("installed"))

    return must_have(install)


@pytest.fixture(scope="module")
def examples(installed, tmp_path_factory):
    """The example's program by its name, built in a copy of its folder as a reader would."""
    programs = {}
    for name in EXAMPLES:
        folder = tmp_path_factory.mktemp(name)
        for file in ("Makefile", "guarded.c"):
            (folder / file).write_bytes((EMBEDDING / name / file).read_bytes())
        installed.run("make", "-C", folder, f"CFLAGS={STRICT}")
        programs[name] = folder / "guarded"
    return programs


def start(installed, program, issuer, folder):
    port = free_port()
    command = [program, port, issuer, AUDIENCE]
    return Program(command, f"http://127.0.0.1:{port}/", folder / "guarded.log", installed.environment)


def get(program, token=None):
    return Browser().get(program.ready_url, headers=bearer(token) if token else {})


# ---- what is installed ----


def test_libraries_with_a_stable_soname_headers_and_man_page(installed):
    for name in ("libostiary", "libostiary-app"):
        assert (installed.libraries / f"{name}.a").is_file()
        assert (installed.libraries / f"{name}.so").is_symlink()
        dynamic = installed.run("readelf", "-d", installed.libraries / f"{name}.so")
        assert f"soname: [{name}.so.0]" in dynamic
        assert "RPATH" not in dynamic and "RUNPATH" not in dynamic
    headers = {path.name for path in (installed.prefix / "include/ostiary").iterdir()}
    assert headers == {path.name for path in (PROJECT / "include/ostiary").iterdir()}
    assert (installed.prefix / "bin/ostiary").is_file()
    assert (installed.prefix / "share/man/man1/ostiary.1").is_file()


@pytest.mark.parametrize("name", ["ostiary", "ostiary-app"])
def test_pkg_config_file_names_no_place_of_this_machine(installed, name):
    text = (installed.packages / f"{name}.pc").read_text()
    assert not re.search(r"(^|[=\sIL])/", text, re.MULTILINE)
    assert "Requires.private:" in text
    assert installed.flags("--libs", name)[-1] == f"-l{name}"


@pytest.mark.parametrize("name", ["libostiary", "libostiary-app"])
def test_exports_are_the_list_under_version_control(installed, name):
    listed = (PROJECT / "packaging" / f"{name}.symbols").read_text().split()
    lines = installed.run("nm", "-D", "--defined-only", installed.libraries / f"{name}.so").splitlines()
    exported = [line.split()[2].partition("@")[0] for line in lines]
    assert sorted(exported) == sorted(listed), "script/reference --write brings the list up to date"


@pytest.mark.parametrize("name", ["libostiary", "libostiary-app"])
def test_the_static_library_has_no_other_names(installed, name):
    listed = (PROJECT / "packaging" / f"{name}.symbols").read_text().split()
    lines = installed.run("nm", "--defined-only", "--extern-only", installed.libraries / f"{name}.a").splitlines()
    assert sorted(line.split()[2] for line in lines if len(line.split()) == 3) == sorted(listed)


def link_statically(installed, compiler, source, program):
    """With the shared ones of what it stands on: Debian's libcurl cannot be linked whole without more."""
    require_program(compiler, compiler)
    needed = installed.flags("--print-requires-private", "ostiary")
    packages = [word for word in needed if word[0].isalpha()]
    command = [compiler, "-std=c11", *installed.flags("--cflags", "ostiary"), source]
    libraries = [*installed.flags("--libs", *packages), "-pthread", "-lm"]
    installed.run(*command, "-o", program, installed.libraries / "libostiary.a", *libraries)
    assert "libostiary" not in installed.run("readelf", "-d", program)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_static_library_is_enough(installed, tmp_path, compiler):
    link_statically(installed, compiler, EMBEDDING / "plain" / "guarded.c", tmp_path / "guarded")


CLASHES = """
#include <ostiary/jose.h>
#include <stdlib.h>
void wipe(void *data, size_t size) { (void)data, (void)size, abort(); }
int digest(void) { return 1; }
int rsa_weakness(void) { abort(); }
int signature_make(void) { abort(); }
int main(void)
{
    ost_key *key;
    ost_arena *arena = ost_arena_new(65536);
    ost_text token;
    if (!arena || ost_key_generate(OST_RS256, 0, NULL, &key, NULL) != OST_OK)
        return 1;
    int status = ost_jws_sign(OST_TEXT("x"), key, OST_RS256, NULL, arena, &token) != OST_OK;
    ost_key_unref(key);
    ost_arena_free(arena);
    return status;
}
"""


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_names_of_a_program_do_not_take_the_place_of_inner_ones(installed, tmp_path, compiler):
    source = tmp_path / "clashes.c"
    source.write_text(CLASHES)
    link_statically(installed, compiler, source, tmp_path / "clashes")
    installed.run(tmp_path / "clashes")


def test_the_program_of_the_readme_builds_against_the_app_library(installed, tmp_path):
    program = tmp_path / "items-api"
    flags = installed.flags("--cflags", "--libs", "ostiary-app")
    installed.run("cc", "-std=c11", PROJECT / "examples/items-api/items-api.c", "-o", program, *flags)
    assert "--issuer" in installed.run(program, "--help")


# ---- the program that opens the document ----


@pytest.fixture(scope="module")
def smallest(installed, tmp_path_factory):
    """Compiled from docs/usage/library.md, for the installed library and for the one in the build folder."""
    folder = tmp_path_factory.mktemp("smallest")
    document = (PROJECT / "docs/usage/library.md").read_text()
    program = re.search(r"```c\n(.*?)```", document, re.DOTALL)[1]
    assert program.startswith("#include <ostiary/guard.h>")
    (folder / "guard.c").write_text(program)
    commands = {}
    for name, packages, libraries in (
        ("installed", installed.packages, installed.libraries),
        ("uninstalled", installed.build / "meson-uninstalled", installed.build / "src/library"),
    ):
        environment = {"PKG_CONFIG_PATH": str(packages), "LD_LIBRARY_PATH": str(libraries)}
        at = {**os.environ, **environment}
        flags = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "ostiary"], check=True, capture_output=True, text=True, env=at
        ).stdout.split()
        command = ["cc", "-std=c11", *STRICT.split(), folder / "guard.c", "-o", folder / name, *flags]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        commands[name] = ([str(folder / name)], at)
    return commands


def test_n2_the_lines_of_the_api_guide_work_without_an_installation(installed, tmp_path):
    document = (PROJECT / "docs/usage/api.md").read_text()
    (tmp_path / "items.c").write_text(re.search(r"```c\n(.*?)```", document, re.DOTALL)[1])
    lines = re.search(r"```sh\n(.*?)```", document, re.DOTALL)[1].replace("build/release", "built")
    (tmp_path / "built").symlink_to(installed.build)
    export, compiled, started = lines.splitlines()
    done = subprocess.run(
        ["bash", "-euc", f"{export}\n{compiled}\n{started.split()[0]} --help"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
    )
    assert done.returncode == 0 and "--issuer" in done.stdout, done.stderr
    said = subprocess.run(
        [tmp_path / "items-api", *started.split()[1:], "--port", "x"], capture_output=True, text=True, timeout=60
    ).stderr
    assert said.startswith("items-api: ") and "port" in said and "issuer" not in said, said


def verdict_of(command, environment, issuer, token):
    done = subprocess.run(
        [*command, issuer, AUDIENCE], input=token, capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.mark.parametrize("where", ["installed", "uninstalled"])
def test_n11_the_smallest_guard(smallest, where, provider, myapi):
    command, environment = smallest[where]
    realm = provider.realm()
    answer = realm.password(myapi, "alice", "alice-password").json()
    token, refresh = answer["access_token"], answer["refresh_token"]
    status, said = verdict_of(command, environment, realm.issuer, token)
    assert status == 0 and re.fullmatch(r"200 [0-9a-f-]{36}\n", said), said
    for refused in (token[:-8] + "AAAAAAAA", refresh, "x"):
        status, said = verdict_of(command, environment, realm.issuer, refused)
        assert status == 1 and said.startswith("401 ") and len(said) > 10, said
    status, said = verdict_of(command, environment, f"http://127.0.0.1:{free_port()}", token)
    assert status == 1 and said.startswith("401 "), said
    assert subprocess.run([*command, realm.issuer], env=environment, timeout=60).returncode == 2


# ---- misuse ----


def test_no_function_falls_over_an_argument_that_is_missing(installed, tmp_path):
    """And each that tells of its errors does so whenever it fails, and only then."""
    headers = installed.prefix / "include/ostiary"
    (tmp_path / "null_cases.inc").write_text(null_calls.source(headers))
    listed = (PROJECT / "packaging/libostiary.symbols").read_text().split()
    assert {name for _, name, _ in null_calls.prototypes(headers)} == set(listed)
    program = tmp_path / "null_calls"
    flags = installed.flags("--cflags", "--libs", "ostiary")
    source = PROJECT / "tests/integration/null_calls.c"
    installed.run("cc", "-std=c11", "-w", f"-I{tmp_path}", source, "-o", program, *flags)
    assert installed.run(program, tmp_path / "seed.json") == ""


# ---- the three examples ----


@pytest.mark.parametrize("name", EXAMPLES)
def test_guard_in_an_example(installed, examples, name, provider, myapi, tmp_path):
    realm = provider.realm()
    token = realm.password(myapi, "alice", "alice-password").json()["access_token"]
    with start(installed, examples[name], realm.issuer, tmp_path) as program:
        answer = get(program, token)
        assert answer.status == 200, answer.text
        missing = get(program)
        assert missing.status == 401
        assert missing.header("WWW-Authenticate").startswith("Bearer ")
        forged = get(program, token[:-8] + "AAAAAAAA")
        assert forged.status == 401
        assert 'error="invalid_token"' in forged.header("WWW-Authenticate")
        assert get(program, token).status == 200
        assert program.stop() == 0


def test_two_authorization_fields_are_refused(installed, examples, provider, tmp_path):
    for name in EXAMPLES:
        with start(installed, examples[name], provider.realm().issuer, tmp_path) as program:
            port = int(program.command[1])
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.putrequest("GET", "/")
            connection.putheader("Authorization", "Bearer a")
            connection.putheader("authorization", "Bearer b")
            connection.endheaders()
            assert connection.getresponse().status == 400, name


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_body_does_not_take_the_answer_away(installed, examples, name, provider, tmp_path):
    with start(installed, examples[name], provider.realm().issuer, tmp_path) as program:
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", int(program.command[1])), timeout=60) as client:
                head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(BODY)}\r\n\r\n"
                client.sendall(head.encode() + BODY)
                assert client.recv(4096).startswith(b"HTTP/1.1 401 ")


def test_clients_who_say_nothing_keep_nobody_out(installed, examples, provider, tmp_path):
    with start(installed, examples["plain"], provider.realm().issuer, tmp_path) as program:
        address = ("127.0.0.1", int(program.command[1]))
        silent = [socket.create_connection(address) for _ in range(64)]
        assert until(lambda: status_or_nothing(program, "x"), "an answer", step=0.5) == 401
        for client in silent:
            client.close()


@pytest.fixture(scope="module")
def orphan(realm_file, myapi, tmp_path_factory):
    """(issuer, token, port) of a provider that is no longer there."""
    with must_have(lambda: Provider([realm_file], tmp_path_factory.mktemp("orphan"))) as gone:
        realm = gone.realm()
        token = realm.password(myapi, "alice", "alice-password").json()["access_token"]
        return realm.issuer, token, gone.port


@pytest.mark.parametrize("name", EXAMPLES)
def test_issuer_down(installed, examples, name, orphan, tmp_path):
    issuer, token, _ = orphan
    with start(installed, examples[name], issuer, tmp_path) as program:
        answer = get(program, token)
        assert answer.status == 503
        assert int(answer.header("Retry-After")) > 0
        assert not answer.header("WWW-Authenticate")
        assert get(program).status == 401


@pytest.mark.parametrize("name", EXAMPLES)
def test_one_who_waits_holds_up_nobody(installed, examples, name, orphan, tmp_path):
    """The issuer takes connections and says nothing: one request waits for it, others are answered,
    and the program ends when it is told to, with the waiting one still there."""
    issuer, token, port = orphan
    with socket.create_server(("127.0.0.1", port)) as silent:
        silent.settimeout(30)
        with start(installed, examples[name], issuer, tmp_path) as program:
            waiting = []
            thread = threading.Thread(target=lambda: waiting.append(status_or_nothing(program, token)))
            thread.start()
            time.sleep(0.3)
            for _ in range(20):
                assert get(program).status == 401
            assert not waiting, "they were answered before the one that came first"
            assert program.stop() == 0
        thread.join(60)
        assert waiting and waiting[0] in ((None,) if name == "microhttpd" else (503,))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_request_behind_one_that_waits_when_the_end_comes(installed, examples, name, orphan, tmp_path):
    """It is answered or not, but never checked by a guard that is gone."""
    issuer, token, port = orphan
    with socket.create_server(("127.0.0.1", port)), start(installed, examples[name], issuer, tmp_path) as program:
        with socket.create_connection(("127.0.0.1", int(program.command[1]))) as client:
            client.sendall(waiting(token) * 2)
            time.sleep(0.3)
            assert program.stop() == 0


def status_or_nothing(program, token):
    try:
        return get(program, token).status
    except (OSError, http.client.HTTPException):
        return None


def waiting(token):
    return f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def test_one_who_waits_and_leaves(installed, examples, orphan, tmp_path):
    """A client that hangs up while its request waits takes nothing with it; of all examples side by side, for it takes
    until the fetch has timed out."""
    issuer, token, port = orphan
    with contextlib.ExitStack() as stack:
        stack.enter_context(socket.create_server(("127.0.0.1", port)))
        programs = []
        for name in EXAMPLES:
            (tmp_path / name).mkdir()
            programs.append(stack.enter_context(start(installed, examples[name], issuer, tmp_path / name)))
        for program in programs:
            for _ in range(3):
                with socket.create_connection(("127.0.0.1", int(program.command[1]))) as client:
                    client.sendall(waiting(token) * 20)
                    time.sleep(0.1)
        time.sleep(6)
        for program in programs:
            assert get(program).status == 401, program.command[0]
            assert program.stop() == 0, program.command[0]
