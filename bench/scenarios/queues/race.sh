#!/usr/bin/env bash
# The product beside BullMQ and graphile-worker, in turn, on this machine: ./race.sh [PAIRS]. Prints one JSON line a run.
# Needs redis-server, PostgreSQL and `npm install` in this folder; builds nothing. Everything it starts, it stops.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
pairs=${1:-6}
ground=$(mktemp -d)
chmod 711 "$ground"
cd "$here"

redis() { # PORT APPENDONLY
    mkdir -p "$ground/redis$1"
    redis-server --port "$1" --bind 127.0.0.1 --save '' --appendonly "$2" --appendfsync always \
        --dir "$ground/redis$1" --daemonize yes --pidfile "$ground/redis$1.pid" >/dev/null
}
finish() {
    exec 3>&-
    for pid in "$ground"/*.pid; do kill "$(cat "$pid")" 2>/dev/null || true; done
    as_nobody "$(postgres pg_ctl)" -D "$ground/pg" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$ground"
}
postgres() { ls /usr/lib/postgresql/*/bin/"$1" | tail -n 1; }
as_nobody() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=nobody --clear-groups "$@"; else "$@"; fi; }
trap finish EXIT

redis 16379 no
redis 16381 yes
mkdir "$ground/pg" "$ground/run"
if [ "$(id -u)" -eq 0 ]; then chown nobody "$ground/pg" "$ground/run"; fi
as_nobody "$(postgres initdb)" -D "$ground/pg" -U bench --auth=trust >/dev/null
as_nobody "$(postgres pg_ctl)" -D "$ground/pg" -w -l "$ground/run/log" \
    -o "-p 15432 -k $ground/run -c listen_addresses=127.0.0.1" start >/dev/null
psql -q -h 127.0.0.1 -p 15432 -U bench -d postgres -c 'create database bench'
sleep 1

mkfifo "$ground/in"
dotnet "$root/artifacts/bin/Stun.Bench/release/Stun.Bench.dll" serve "$ground/node" <"$ground/in" >"$ground/line" &
node_pid=$!
exec 3>"$ground/in"
until [ -s "$ground/line" ]; do sleep 0.2; done
read -r url key <"$ground/line"
port=${url##*:}
port=${port%/}
stun() { node stun.js "$port" "$key" "$node_pid" "$1" "$2" 1; }

# The compiler at run time has to have seen it all: a server is warm for most of its life.
stun 100 20000 >/dev/null
for pair in $(seq "$pairs"); do
    echo "## $pair load $(cut -d' ' -f1 /proc/loadavg)"
    stun 6000 300
    redis-cli -p 16381 flushall >/dev/null
    node bullmq.js 16381 "$(cat "$ground/redis16381.pid")" aof-always 2000 2>/dev/null | head -n 2
    stun 6000 300
    redis-cli -p 16379 flushall >/dev/null
    node bullmq.js 16379 "$(cat "$ground/redis16379.pid")" nothing-durable 3000 2>/dev/null | head -n 2
    stun 6000 300
    SYNC=on node graphile.js "$(head -n 1 "$ground/pg/postmaster.pid")" sync 500 default 2>/dev/null
done
