#!/bin/sh
# Makes .venv with a Python that really runs, and leaves a good one alone. PYTHON= chooses the interpreter.
set -eu

fail() {
    echo "$1" >&2
    exit 1
}

# Asks the interpreter itself: pyenv's shims exist and fail, and Debian's Python may lack ensurepip.
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' </dev/null >/dev/null 2>&1; }
can_make_pip() { "$1" -c 'import venv, ensurepip; ensurepip.version()' </dev/null >/dev/null 2>&1; }

find_python() { # the first one that runs, one that can make an environment with pip before the others
    found=
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3 /usr/bin/python3.11 \
        /usr/bin/python3 "$HOME"/.pyenv/versions/3.1[1-9].*/bin/python}; do
        new_enough "$candidate" || continue
        found=${found:-$candidate}
        if can_make_pip "$candidate"; then
            found=$candidate
            break
        fi
    done
}

apt_install() {
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" = 0 ]; then
        root=
    elif sudo -n true 2>/dev/null; then
        root='sudo -n'
    else
        return 1
    fi
    echo "Installing Debian's $*"
    $root apt-get update -qq >/dev/null &&
        $root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "$@" >/dev/null
}

here=$(pwd -P)/.venv
if [ "$(cat .setup/venv 2>/dev/null || echo "$here")" = "$here" ] && new_enough .venv/bin/python &&
    .venv/bin/python -c 'import pip' 2>/dev/null; then
    if [ ! -e .setup/venv ]; then # somebody else's work: taken over as it is
        mkdir -p .setup
        echo "$here" >.setup/venv
    fi
    exit 0
fi

find_python
if [ -z "${PYTHON:-}" ] && ! can_make_pip "${found:-false}" && apt_install python3 python3-venv; then
    find_python
fi
[ -n "$found" ] || fail "No Python 3.11 or newer runs here${PYTHON:+ as $PYTHON}. \
Install one (Debian: sudo apt-get install python3 python3-venv) or name one: make run PYTHON=/path/to/python"

echo "Making .venv with $("$found" --version) ($(command -v "$found"))"
rm -rf .venv .setup
if can_make_pip "$found"; then
    "$found" -m venv .venv
else # pip from outside can fill an environment that has none
    "$found" -m venv --without-pip .venv
    "$found" -m pip --python .venv/bin/python install --quiet pip 2>/dev/null || {
        rm -rf .venv
        fail "$found cannot make a virtual environment: run  sudo apt-get install python3-venv  and try again."
    }
fi
mkdir -p .setup
echo "$here" >.setup/venv
