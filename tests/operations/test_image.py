# SPDX-License-Identifier: Apache-2.0
"""The image (script/image): read by skopeo and umoci, the same whenever it is made, small, and run from its own files alone:
as nobody in particular, with a root that cannot be written, from nothing to a token."""

import json
import os
import pathlib
import subprocess

import pytest
from needs import must_have
from oidc import Client, Realm
from peers import PROJECT, free_port, require_program
from programs import Program, build_folder

DATA = "/var/lib/ostiary"
MIB = 1 << 20


def run(*words, **more):
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=120, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def make(target):
    run(PROJECT / "script" / "image", target, env={**os.environ, "OSTIARY_BUILD": str(build_folder())})
    return target


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    return make(tmp_path_factory.mktemp("image") / "ostiary.tar")


@pytest.fixture(scope="module")
def bundle(image):
    """As umoci unpacks it for a container runtime."""
    skopeo, umoci = (must_have(lambda name=name: require_program(name, name)) for name in ("skopeo", "umoci"))
    layout, target = image.parent / "layout", image.parent / "bundle"
    run(skopeo, "copy", "--quiet", f"oci-archive:{image}", f"oci:{layout}:ostiary")
    run(umoci, "unpack", *([] if os.geteuid() == 0 else ["--rootless"]), "--image", f"{layout}:ostiary", target)
    return target


def test_the_same_tree_gives_the_same_image(image, tmp_path):
    assert make(tmp_path / "again.tar").read_bytes() == image.read_bytes()


def test_skopeo_reads_it_in_both_forms(image):
    skopeo = must_have(lambda: require_program("skopeo", "skopeo"))
    oci = json.loads(run(skopeo, "inspect", f"oci-archive:{image}"))
    docker = json.loads(run(skopeo, "inspect", f"docker-archive:{image}"))
    assert oci["Architecture"] == docker["Architecture"] and oci["Os"] == "linux"
    assert oci["Labels"]["org.opencontainers.image.version"] in (PROJECT / "meson.build").read_text()
    settings = json.loads(run(skopeo, "inspect", "--config", f"docker-archive:{image}"))["config"]
    assert settings["User"] == "65532:65532" and settings["Cmd"] == ["start-dev"]


def test_it_is_small_and_has_nothing_to_break_out_with(bundle):
    files = [path for path in (bundle / "rootfs").rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < 40 * MIB
    programs = [path for path in files if os.access(path, os.X_OK) and ".so" not in path.name]
    assert [path.name for path in programs] == ["ostiary"]
    assert not [path for path in files if path.stat().st_mode & 0o6000]
    assert (bundle / "rootfs/opt/keycloak/data").readlink() == pathlib.Path(DATA)


class Container(Program):
    def __init__(self, bundle, folder, *arguments, **environment):
        port = free_port()
        self.base, self.root, process = f"http://localhost:{port}", bundle / "rootfs", json.loads((bundle / "config.json").read_text())["process"]
        for name in ("proc", "dev"):
            (self.root / name).mkdir(exist_ok=True)
        command = [
            *("/usr/bin/unshare", "--mount", "/bin/sh", PROJECT / "tests/operations/enter.sh"),
            *(self.root, process["user"]["uid"], DATA, *(arguments or process["args"])),
        ]
        super().__init__(command, f"{self.base}/health/ready", folder / "container.log")
        given = dict(pair.split("=", 1) for pair in process["env"])
        self.environment = {**given, "KC_HTTP_HOST": "127.0.0.1", "KC_HTTP_PORT": str(port), **environment}

    def inside(self, *words):
        """Of a program in the same files."""
        return subprocess.run(
            ["/usr/sbin/chroot", "--userspec=65532:65532", self.root, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
        )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root enters an image without a container engine")
def test_from_nothing_to_a_token(bundle, tmp_path):
    with Container(bundle, tmp_path, KEYCLOAK_ADMIN="admin", KEYCLOAK_ADMIN_PASSWORD="admin", OSTIARY_SIGNING_PROCESS="true") as running:
        answer = Realm(running.base, "master").password(Client("admin-cli"), "admin", "admin")
        assert answer.status == 200, answer.text
        healthy = running.inside("/usr/bin/ostiary", "health")
        assert (healthy.returncode, json.loads(healthy.stdout)["status"]) == (0, "UP"), healthy.stderr
        children = run("ps", "-o", "user:20=", "-C", "ostiary").split()
        assert "65532" in children
    ill = running.inside("/usr/bin/ostiary", "health")
    assert ill.returncode == 1 and "connect" in ill.stderr + ill.stdout
