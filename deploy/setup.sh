#!/bin/sh
# sh deploy/setup.sh RECIPE [ARGUMENTS]: prepares this checkout and runs a recipe of the justfile.
#
# It needs Python 3.11 or 3.13 and nothing else; 3.12 and 3.14 need a C compiler too, as pocketsphinx has no wheel for
# them. Everything it installs stays in the checkout: uv and just in .tools, the project in .venv, downloads in .cache.
# As long as no pyproject.toml, uv.lock or this file changes, a second run goes straight to the recipe.
set -eu

UV_VERSION=0.13.8
JUST_VERSION=1.59.0

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
tools="$root/.tools"
stamp="$tools/installed"

refuse() {
    echo "setup: $1" >&2
    exit 1
}

suits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if suits "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    found=$(python3 --version 2>&1) || found="no python3"
    refuse "Python 3.11, 3.12, 3.13 or 3.14 is needed and was not found ($found); install one, or name it: PYTHON=/path/to/python3.12 sh deploy/setup.sh"
}

wanted() {
    cat "$0" "$root/uv.lock" "$root/pyproject.toml" "$root"/contracts/pyproject.toml \
        "$root"/services/*/pyproject.toml "$root"/deploy/cli/pyproject.toml | cksum
    echo "$root"
}

install() {
    python=$(find_python)
    echo "setup: installing with $python; the first time takes a minute or two" >&2
    if ! suits "$tools/bin/python"; then
        rm -rf "$tools"
        "$python" -m venv "$tools" || refuse "this Python cannot make virtual environments (on Debian and Ubuntu: apt install python3-venv)"
    fi
    PIP_CACHE_DIR="$root/.cache/pip" "$tools/bin/python" -m pip install --quiet --disable-pip-version-check \
        "uv==$UV_VERSION" "rust-just==$JUST_VERSION" || refuse "uv and just could not be installed; see the lines above"
    (
        cd "$root"
        # The system's certificates: a network that inspects its traffic has its own authority.
        UV_CACHE_DIR="$root/.cache/uv" UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 UV_COMPILE_BYTECODE=1 \
            "$tools/bin/uv" sync --locked --quiet --python "$python"
    ) || refuse "the project's packages could not be installed; see the lines above"
    wanted >"$stamp"
}

if [ ! -x "$root/.venv/bin/python" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$(wanted)" ]; then
    install
fi
case "${1:-}" in
    # As their recipes do; but just would neither pass SIGTERM on nor wait for what a stack has to stop.
    telop) shift && exec "$root/.venv/bin/telop" "$@" ;;
    demo) exec "$root/.venv/bin/telop" "$@" ;;
esac
PATH="$tools/bin:$PATH" exec "$tools/bin/just" --justfile "$root/justfile" "$@"
