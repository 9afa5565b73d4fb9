# shellcheck shell=sh
# Private servers for tests and measurements: one MariaDB and two Redis, in one folder that
# goes away with them, on unix sockets only. Sourced after common.sh; the caller sets `services`
# (a short path) and calls stop_services when it ends, however it ends.
: "${root:?}"

# Debian keeps the servers' programs where only root's PATH looks.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

service_pids=''

# services_folder PREFIX [PARENT]: a private folder whose socket paths fit into the 107 bytes they
# may have.
services_folder() {
    services=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/$1.XXXXXX") || die "Cannot make a temporary folder."
    if [ "${#services}" -gt 80 ]; then
        rmdir "$services"
        services=$(mktemp -d "/tmp/$1.XXXXXX") || die "Cannot make a temporary folder."
    fi
}

stop_services() {
    # An unfinished set-up has children of its own: it is over in seconds.
    [ -z "${mariadb_init:-}" ] || wait "$mariadb_init" || true
    for pid in $service_pids; do kill "$pid" 2>/dev/null || true; done
    # They hold nothing that anybody needs: asked once, then forced.
    await 3 services_ended || for pid in $service_pids; do kill -9 "$pid" 2>/dev/null || true; done
    service_pids=''
    rm -rf "${services:?}"
}

services_ended() {
    for pid in $service_pids; do if kill -0 "$pid" 2>/dev/null; then return 1; fi; done
}

# await SECONDS COMMAND...: true as soon as the command succeeds.
await() {
    tries=$(($1 * 10))
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

mariadb_as_root() { if is_root; then echo --user=root; fi; }

have_mariadb() {
    command -v mariadbd >/dev/null && command -v mariadb-install-db >/dev/null &&
        command -v mariadb >/dev/null
}

# init_mariadb: the slow part (seconds of CPU). May run in the background until start_mariadb.
init_mariadb() {
    # Temporary tables of a private server lie with it: in a shared /tmp, two servers that start
    # at once have been seen to take each other's.
    mkdir -p "$services/tmp"
    # shellcheck disable=SC2046
    mariadb-install-db --no-defaults --datadir="$services/mariadb" --tmpdir="$services/tmp" \
        $(mariadb_as_root) \
        --auth-root-authentication-method=normal --skip-test-db >"$services/mariadb-init.log" 2>&1
}

# start_mariadb OPTION...: production's configuration, with the caller's options after it.
# Sets DATABASE_URL to an empty database named isme.
start_mariadb() {
    mariadb_socket=$services/mariadb.sock
    # shellcheck disable=SC2046
    mariadbd --defaults-file="$root/deploy/mariadb/isme.cnf" --datadir="$services/mariadb" \
        --tmpdir="$services/tmp" --socket="$mariadb_socket" --pid-file="$services/mariadb.pid" \
        --skip-networking \
        --log-error="$services/mariadb.log" $(mariadb_as_root) "$@" >/dev/null 2>&1 &
    service_pids="$service_pids $!"
    if ! await 60 mariadb --no-defaults --socket="$mariadb_socket" --user=root --execute 'SELECT 1'; then
        cat "$services/mariadb-init.log" "$services/mariadb.log" >&2 2>/dev/null || true
        die "The private MariaDB did not start; its log stands above."
    fi
    {
        # Without these, the database cannot tell which faculty day a moment belongs to.
        for zone in UTC Asia/Jakarta Asia/Makassar Asia/Jayapura; do
            [ ! -f "/usr/share/zoneinfo/$zone" ] ||
                mariadb-tzinfo-to-sql "/usr/share/zoneinfo/$zone" "$zone" 2>/dev/null
        done
    } | mariadb --no-defaults --socket="$mariadb_socket" --user=root mysql
    mariadb --no-defaults --socket="$mariadb_socket" --user=root --execute 'CREATE DATABASE isme'
    DATABASE_URL="mysql://root@localhost/isme?unix_socket=$mariadb_socket"
    export DATABASE_URL
}

# start_redis NAME PROGRAM OPTION...: NAME ends in its role, cache or durable; PROGRAM is
# redis-server or the embedded one. Sets redis_url.
start_redis() {
    role=$1
    program=$2
    shift 2
    mkdir -p "$services/$role"
    "$program" "$root/deploy/redis/${role##*-}.conf" --port 0 --unixsocket "$services/$role.sock" \
        --dir "$services/$role" "$@" >"$services/$role.log" 2>&1 &
    service_pids="$service_pids $!"
    if ! await 20 test -S "$services/$role.sock"; then
        cat "$services/$role.log" >&2
        die "The private Redis ($role) did not start; its log stands above."
    fi
    # shellcheck disable=SC2034  # for the caller
    redis_url=unix://$services/$role.sock
}
