# shellcheck shell=sh
# What script/server and script/test share: find a Python, build the virtual
# environment from a lock file, and say clearly what is missing. Sourced, not run;
# the caller has set `root` to the project's folder.
: "${root:?}"

python_minimum=3.11
setup_need_mb=300

say() { printf '%s\n' "$*"; }

die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

on_debian() { [ -f /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; }

# Variables of the caller's shell that would make our Python look elsewhere, or each of dozens of
# processes compile all of ISME anew.
unset PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE
# A pip.conf that says "install for the user" must not reach into our environment.
PIP_USER=0
PIP_DISABLE_PIP_VERSION_CHECK=1
PIP_NO_INPUT=1
export PIP_USER PIP_DISABLE_PIP_VERSION_CHECK PIP_NO_INPUT

free_mb() { df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }'; }

# need_space FOLDER MB WHAT_FOR
need_space() {
    have=$(free_mb "$1")
    [ -n "$have" ] || return 0 # no df, no answer: let the work itself find out
    [ "$have" -ge "$2" ] || die "The disk is full: $1 has $have MB left, $3 needs $2 MB." \
        "Free some space and run this again."
}

# pip, browsers and compilers all want a home they can write to; a service account or a
# bare container may have none.
ensure_home() {
    if [ -z "${HOME:-}" ] || [ ! -d "$HOME" ] || [ ! -w "$HOME" ]; then
        HOME=$1
        mkdir -p "$HOME"
        export HOME
    fi
}

python_version_of() {
    "$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null || true
}

is_new_enough() {
    "$1" -c "import sys; sys.exit(sys.version_info < tuple(map(int, '$python_minimum'.split('.'))))" \
        >/dev/null 2>&1
}

# Debian cuts ensurepip out of its python3; without it `venv` cannot bring pip along.
can_make_venv() { "$1" -c 'import ensurepip, ssl, sqlite3, venv' >/dev/null 2>&1; }

# Sets `python`. The distribution's own build comes first: it is compiled with profile-guided
# optimisation and serves a page with 10-25 % less CPU than a self-built one.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        candidates=$PYTHON
    else
        candidates="/usr/bin/python3 python3 python3.13 python3.12 python3.11 python3.14"
    fi
    python='' without_venv='' too_old=''
    for candidate in $candidates; do
        path=$(command -v "$candidate" 2>/dev/null) || continue
        version=$(python_version_of "$path")
        [ -n "$version" ] || continue # a shim or stub that does not run
        if ! is_new_enough "$path"; then
            case " $too_old " in *" $path "*) ;; *) too_old="$too_old $path ($version)" ;; esac
        elif ! can_make_venv "$path"; then
            [ -n "$without_venv" ] || without_venv=$path
        else
            python=$path
            return 0
        fi
    done
    if [ -n "$without_venv" ]; then
        version=$(python_version_of "$without_venv")
        package=python3-venv
        [ "$without_venv" = /usr/bin/python3 ] || package=python${version%.*}-venv
        if on_debian && is_root; then
            say "Installing $package, which Debian keeps apart from Python ..."
            apt_install "$package" || die "Could not install $package." "Try: apt-get install $package"
            if can_make_venv "$without_venv"; then
                python=$without_venv
                return 0
            fi
        fi
        die "$without_venv ($version) cannot make virtual environments." \
            "On Debian and Ubuntu run this once, then start again:" \
            "sudo apt-get install -y $package"
    fi
    if [ -n "$too_old" ]; then
        die "ISME needs Python $python_minimum or newer; found only:$too_old." \
            "Install a newer one, or name it: PYTHON=/path/to/python3 ${0}"
    fi
    die "ISME needs Python $python_minimum or newer; none was found${PYTHON:+ at $PYTHON}." \
        "On Debian and Ubuntu: sudo apt-get install -y python3 python3-venv"
}

# apt_install PACKAGE...: as root on Debian or Ubuntu. What it brings must not start daemons:
# ISME runs private instances, and a developer's machine keeps its ports. policy-rc.d is
# Debian's own switch for that.
apt_install() (
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        trap 'rm -f "$policy"' EXIT
        trap 'exit 130' INT TERM HUP
    fi
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    if { apt-get update -q && apt-get install -q -y --no-install-recommends "$@"; } \
        >"$log" 2>&1 </dev/null; then
        rm -f "$log"
    else
        tail -n 20 "$log" >&2
        rm -f "$log"
        exit 1
    fi
)

# One set-up at a time in one checkout. The lock belongs to the open file, so the kernel frees
# it however this shell ends; Python is there anyway, flock(1) may not be.
lock_setup() {
    exec 9<"$root/script/common.sh"
    "$1" - 9<&9 <<'PY' || die "Could not lock the set-up."
import errno
import fcntl
import sys

try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError as error:
    if error.errno in (errno.EAGAIN, errno.EACCES):
        print("Another set-up is running in this folder; waiting for it ...", flush=True)
        try:
            fcntl.flock(9, fcntl.LOCK_EX)
        except KeyboardInterrupt:
            sys.exit(130)
    # Some network file systems have no locks: go on without one.
PY
}

unlock_setup() { exec 9<&-; }

# The lock NAME as pip reads it. NAME-embedded is the same without mysqlclient, the only
# package that needs a compiler.
lock_text() {
    case "$1" in
    *-embedded)
        awk '/^[^ #]/ { skip = /^mysqlclient==/ } !skip' "$root/requirements/${1%-embedded}.txt"
        ;;
    *) cat "$root/requirements/$1.txt" ;;
    esac
}

lock_sum() { lock_text "$1" | cksum; }

venv_works() { [ -x "$venv/bin/python" ] && is_new_enough "$venv/bin/python"; }

is_installed() {
    [ ! -e "$venv/.isme-unfinished" ] && venv_works &&
        [ "$(cat "$venv/.isme-$1" 2>/dev/null)" = "$(lock_sum "$1")" ]
}

# install_lock NAME: afterwards `$venv/bin/python` has exactly requirements/NAME.txt at hand.
# Sets `venv` and `py`. Costs nothing when the stamp says that it is done already.
install_lock() {
    venv=${ISME_VENV:-$root/.venv}
    py=$venv/bin/python
    # A Python that was named must be good, even where an older environment would do.
    if [ -n "${PYTHON:-}" ] || ! is_installed "$1"; then find_python; fi
    is_installed "$1" && return 0
    [ -w "$root" ] || [ -w "$venv" ] || die "Cannot write to $root: the set-up needs a place for $venv."
    lock_setup "$python"
    if is_installed "$1"; then # the other one did it while we waited
        unlock_setup
        return 0
    fi
    need_space "$(dirname "$venv")" "$setup_need_mb" "the set-up"
    if [ -e "$venv/.isme-unfinished" ] || { [ -e "$venv" ] && ! venv_works; }; then
        say "The virtual environment is unfinished or broken; making it anew ..."
        rm -rf "$venv"
    fi
    if [ ! -e "$venv" ]; then
        say "Making a virtual environment with $python ($(python_version_of "$python")) ..."
        mkdir -p "$venv"
        : >"$venv/.isme-unfinished"
        "$python" -m venv "$venv" || die_setup "Could not make a virtual environment in $venv."
    fi
    # pip that dies half-way can leave a package that it can neither use nor remove: until it
    # has finished, the next run starts from nothing.
    : >"$venv/.isme-unfinished"
    "$py" -m pip --version >/dev/null 2>&1 || "$py" -m ensurepip >/dev/null 2>&1 ||
        die_setup "There is no pip in $venv."
    say "Installing dependencies (requirements/$1.txt); the first time takes a minute ..."
    lock_text "$1" >"$venv/.isme-lock.txt" || die_setup "Could not write to $venv."
    # The lock is whole: nothing is resolved anew, so a release of today can't change what comes.
    "$py" -m pip install --quiet --no-deps --require-hashes -r "$venv/.isme-lock.txt" </dev/null ||
        die_setup "pip could not install requirements/$1.txt; its message stands above."
    lock_sum "$1" >"$venv/.isme-$1" || die_setup "Could not write to $venv."
    rm -f "$venv/.isme-unfinished"
    unlock_setup
}

# A full disk hides behind many different messages: look before blaming anything else.
die_setup() {
    need_space "$(dirname "$venv")" 20 "the set-up"
    need_space "${TMPDIR:-/tmp}" 20 "the set-up"
    die "$1" "Run this again when the cause is gone: it goes on from there."
}

random_secret() { "$py" -c 'import secrets; print(secrets.token_urlsafe(48))'; }

# Compiled translations lie beside their sources and are not in the repository.
compile_catalogues() {
    for po in "$root"/*/locale/*/LC_MESSAGES/*.po; do
        [ -f "$po" ] || continue
        mo=${po%.po}.mo
        if [ ! -f "$mo" ] || [ -n "$(find "$po" -newer "$mo")" ]; then
            say "Compiling translations ..."
            "$py" "$root/manage.py" compile_catalogues || die "Could not compile the translations."
            return 0
        fi
    done
}
