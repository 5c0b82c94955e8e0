# SPDX-License-Identifier: Apache-2.0
"""The Debian packages of script/package: what they hold, that a program can be built with them, and that the provider
runs from them. Unpacked into a folder, installed nowhere."""

import os
import pathlib
import subprocess

import pytest
from peers import PROJECT
from programs import Provider

PACKAGES = pathlib.Path(os.environ.get("OSTIARY_PACKAGES") or PROJECT / "build" / "packages")
NAMES = ("libostiary0", "libostiary-app0", "libostiary-dev", "libnginx-mod-http-ostiary", "ostiary")


@pytest.fixture(scope="module")
def files():
    found = {file.name.split("_")[0]: file for file in PACKAGES.glob("*.deb")}
    assert set(NAMES) <= set(found), f"script/package has not been run: {PACKAGES} has {sorted(found)}"
    return found


@pytest.fixture(scope="module")
def root(files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("root")
    for name in NAMES:
        subprocess.run(["dpkg-deb", "--extract", files[name], folder], check=True)
    return folder


def lib(root):
    (folder,) = (root / "usr" / "lib").glob("*-linux-gnu")
    return folder


def listed(file):
    told = subprocess.run(["dpkg-deb", "--contents", file], capture_output=True, text=True, check=True).stdout
    return {line.split()[5].removeprefix("."): line for line in told.splitlines()}


def field(file, name):
    return subprocess.run(["dpkg-deb", "--field", file, name], capture_output=True, text=True, check=True).stdout.strip()


def version():
    for line in (PROJECT / "meson.build").read_text().splitlines():
        if line.strip().startswith("version:"):
            return line.split("'")[1]
    raise AssertionError("meson.build has no version")


def test_command_has_units_manual_completions_and_monitoring(files):
    held = listed(files["ostiary"])
    for path in (
        "/usr/bin/ostiary",
        "/usr/lib/systemd/system/ostiary.service",
        "/usr/lib/systemd/system/ostiary.socket",
        "/usr/lib/systemd/system/ostiary-gate.service",
        "/usr/share/ostiary/ostiary-gate.lua",
        "/usr/share/man/man1/ostiary.1.gz",
        "/usr/share/bash-completion/completions/ostiary",
        "/usr/share/zsh/vendor-completions/_ostiary",
        "/usr/share/fish/vendor_completions.d/ostiary.fish",
        "/usr/share/ostiary/monitoring/ostiary-dashboard.json",
        "/usr/share/ostiary/monitoring/ostiary.rules.yml",
        "/usr/share/doc/ostiary/alerts.md.gz",
    ):
        assert path in held
    assert held["/etc/ostiary/"].startswith("drwxr-x--- root/root")
    assert held["/etc/ostiary/ostiary.conf"].startswith("-rw------- root/root")


def test_each_needs_what_it_links(files):
    needed = {name: field(files[name], "Depends") for name in NAMES}
    for name, libraries in {
        "libostiary0": ("libssl3", "libsodium23", "libcurl4"),
        "libostiary-app0": ("libssl3", "libsodium23", "libcurl4", "libuv1", "libnghttp2-14"),
        "ostiary": ("libssl3", "libsodium23", "libcurl4", "libuv1", "libnghttp2-14", "libsqlite3-0"),
    }.items():
        for library in (*libraries, "ca-certificates"):
            assert library in needed[name], (name, library)
    assert "libostiary0 (=" in needed["libostiary-dev"]
    assert "libostiary0 (>=" in needed["libnginx-mod-http-ostiary"] and "nginx-abi-" in needed["libnginx-mod-http-ostiary"]


def test_nginx_loads_the_module(files, root, tmp_path):
    assert "/usr/share/nginx/modules-available/mod-http-ostiary.conf" in listed(files["libnginx-mod-http-ostiary"])
    loads = (root / "usr/share/nginx/modules-available/mod-http-ostiary.conf").read_text()
    assert loads == "load_module modules/ngx_http_ostiary_module.so;\n"
    (tmp_path / "modules").symlink_to(root / "usr/lib/nginx/modules")
    config = tmp_path / "nginx.conf"
    http = "ostiary_issuer https://id.example/ audience=a; server { listen 127.0.0.1:8; ostiary on; }"
    config.write_text(f"load_module {root}/usr/lib/nginx/modules/ngx_http_ostiary_module.so; pid {tmp_path}/pid; events {{}} http {{ {http} }}")
    environment = {**os.environ, "LD_LIBRARY_PATH": str(lib(root))}
    done = subprocess.run(["nginx", "-t", "-p", tmp_path, "-c", config, "-e", "stderr"], capture_output=True, text=True, env=environment)
    assert "syntax is ok" in done.stderr, done.stderr


def test_program_is_built_and_linked_with_them(root, tmp_path):
    source = tmp_path / "program.c"
    source.write_text('#include <ostiary/types.h>\n#include <stdio.h>\nint main(void) { puts(ost_version()); }\n')
    environment = {**os.environ, "PKG_CONFIG_PATH": str(lib(root) / "pkgconfig")}
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "ostiary"], capture_output=True, text=True, check=True, env=environment
    ).stdout.split()
    assert (root / "usr/include").resolve() in {pathlib.Path(flag[2:]).resolve() for flag in flags if flag.startswith("-I")}
    subprocess.run(["cc", source, "-o", tmp_path / "program", *flags], check=True)
    done = subprocess.run(
        [tmp_path / "program"], capture_output=True, text=True, env={**os.environ, "LD_LIBRARY_PATH": str(lib(root))}
    )
    assert done.stdout.strip() == version()


def test_provider_runs_from_them(root, realm_file, tmp_path):
    provider = Provider([realm_file], tmp_path / "provider")
    provider.command[0] = str(root / "usr/bin/ostiary")
    with provider:
        assert provider.realm().discovery().status == 200


def test_unit_names_the_program_that_is_there(root):
    unit = (root / "usr/lib/systemd/system/ostiary.service").read_text()
    (line,) = (line for line in unit.splitlines() if line.startswith("ExecStart="))
    assert (root / line.removeprefix("ExecStart=/").split()[0]).exists()
