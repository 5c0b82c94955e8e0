# SPDX-License-Identifier: Apache-2.0
# package_install VENV FOLDER LOGS [SETTING...]: builds the Python package into a wheel in FOLDER and installs it into
# VENV. Exports OSTIARY_WHEEL, the wheel. Sourced by script/test and script/bench.
package_install() {
    local venv=$1 folder=$2 log=$3/package.log
    shift 3
    rm -rf "$folder"
    mkdir -p "$folder" "$(dirname "$log")"
    PATH=$(realpath "$venv")/bin:$PATH "$venv/bin/pip" wheel -q --no-deps --no-build-isolation \
        --wheel-dir "$folder" "$@" ./python >"$log" 2>&1 || { tail -n 60 "$log"; return 1; }
    OSTIARY_WHEEL=$(realpath "$folder"/ostiary-*.whl)
    export OSTIARY_WHEEL
    "$venv/bin/pip" install -q --no-deps --force-reinstall "$OSTIARY_WHEEL" >"$log" 2>&1 || { tail "$log"; return 1; }
}

# package_install_jose VENV FOLDER LOGS: the wheel of package_install and, built here, that which installs it as jose.
package_install_jose() {
    local venv=$1 folder=$2 log=$3/package-jose.log
    "$venv/bin/pip" wheel -q --no-deps --no-build-isolation --wheel-dir "$folder" ./python/ostiary-jose >"$log" 2>&1 &&
        "$venv/bin/pip" install -q --no-deps --force-reinstall "$OSTIARY_WHEEL" "$folder"/ostiary_jose-*.whl \
            >>"$log" 2>&1 || { tail -n 60 "$log"; return 1; }
}

# package_venv PYTHON VENV LOGS: what the tests of the package ask for, of each the version that is pinned or, where that
# has no wheel for this interpreter, the newest one that has and that the package takes; what has none is named and left out.
package_venv() {
    local python=$1 venv=$2 log=$3/$(basename "$2").log wanted=tests/python/requirements.txt line other
    cmp -s "$wanted" "$venv/requirements.txt" && return
    rm -rf "$venv" && "$python" -m venv "$venv" || return 1
    "$venv/bin/pip" install -q --only-binary :all: -r "$wanted" >"$log" 2>&1 || while read -r line; do
        other=$(grep -oE "\"${line%%[=[]*}>=[0-9.]+\"" python/pyproject.toml | tr -d '"')
        "$venv/bin/pip" install -q --only-binary :all: "$line" >>"$log" 2>&1 ||
            "$venv/bin/pip" install -q --only-binary :all: "${other:-${line%%==*}}" >>"$log" 2>&1 ||
            echo "$venv: no wheel of $line"
    done <"$wanted"
    cp "$wanted" "$venv/requirements.txt"
}

# package_install_into VENV FOLDER LOGS: the wheel of package_install, or a build of its own where the interpreter takes
# no stable ABI, for it is free-threaded.
package_install_into() {
    if "$1/bin/python" -c 'import sys, sysconfig; sys.exit(not sysconfig.get_config_var("Py_GIL_DISABLED"))'; then
        (package_install "$@")
    else
        "$1/bin/pip" install -q --no-deps --force-reinstall "$OSTIARY_WHEEL"
    fi
}
