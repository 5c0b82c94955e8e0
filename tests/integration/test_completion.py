# SPDX-License-Identifier: Apache-2.0
"""`ostiary completion`: what the shells themselves make of it."""

import os
import pathlib
import shlex
import subprocess

import pytest
from needs import must_have
from peers import Unavailable
from programs import provider_program

CASES = {
    "ostiary provider st": {"start", "start-dev"},
    "ostiary back": {"backup"},
    "ostiary user set-": {"set-password"},
    "ostiary backup --da": {"--data"},
    "ostiary role de": {"delete"},
    "ostiary group add-m": {"add-member"},
    "ostiary role create --cl": {"--client"},
    "ostiary key rotate --de": {"--delay"},
    "ostiary provider start --https-p": {"--https-port", "--https-protocols"},
    "ostiary provider start-dev --loo": {"--loops"},
}


# What may be given again is offered again, and nothing else is.
AGAIN = {
    "ostiary jwk set --kid a --ki": {"--kid"},
    "ostiary jwk set --private --kid a --priv": set(),
    "ostiary user add --realm r --role a --r": {"--role"},
    "ostiary user add --realm r --rea": set(),
}


def find(shell):
    for folder in os.environ["PATH"].split(":"):
        if (pathlib.Path(folder) / shell).exists():
            return shell
    raise Unavailable(f"there is no {shell}")


def run(shell, script):
    folder = pathlib.Path(provider_program()).parent
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    done = subprocess.run([shell, "-c", script], capture_output=True, text=True, env=environment, timeout=30)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def bash(line):
    words = line.split(" ")
    return run(
        "bash",
        f"source <(ostiary completion bash); COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; _ostiary;"
        'printf "%s\\n" "${COMPREPLY[@]}"',
    )


def fish(line):
    told = run("fish", f"ostiary completion fish | source; complete -C {shlex.quote(line)}")
    return "\n".join(row.split("\t")[0] for row in told.splitlines())


# zsh completes in an interactive shell alone. Its two helpers here print what they are asked to offer.
ZSH = """
_describe() { printf '%s\\n' "${(@P)2%%:*}"; }
_arguments() { printf '%s\\n' "$@" | sed -n 's/^[*]*\\(--[a-z0-9-]*\\).*/\\1/p'; }
words=(WORDS); CURRENT=NUMBER
eval "$(ostiary completion zsh)"
"""


def zsh(line):
    words = line.split(" ")
    told = run("zsh", ZSH.replace("WORDS", shlex.join(words)).replace("NUMBER", str(len(words))))
    return "\n".join(row for row in told.splitlines() if row.startswith(words[-1]))


@pytest.mark.parametrize("shell", [bash, fish, zsh], ids=lambda shell: shell.__name__)
def test_commands_and_options(shell):
    must_have(lambda: find(shell.__name__))
    for line, wanted in CASES.items():
        assert set(shell(line).split()) == wanted, line


@pytest.mark.parametrize("shell", [bash, fish], ids=lambda shell: shell.__name__)
def test_what_may_be_given_again(shell):
    must_have(lambda: find(shell.__name__))
    for line, wanted in AGAIN.items():
        assert set(shell(line).split()) == wanted, line


def test_zsh_is_told_what_may_be_given_again():
    """By the star before its name; zsh itself leaves out the others."""
    told = subprocess.check_output([provider_program(), "completion", "zsh"], text=True)
    of_set = told[told.index('"jwk set "*)') :].split(";;")[0]
    assert "'*--kid[only the key of that id; repeatable (all)]:KID:_files'" in of_set
    assert "'--private[" in of_set and "'*--private[" not in of_set


def test_other_shells_are_refused():
    done = subprocess.run([provider_program(), "completion", "tcsh"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "ostiary: completion: the shell is bash, zsh or fish\n"
