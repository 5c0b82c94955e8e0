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
