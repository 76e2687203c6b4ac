#!/usr/bin/env bash
# Sends generated requests to every route of the API, signed in to the sample district, and fails on any 5xx.
# Needs schemathesis (pip install schemathesis). Usage: api_fuzz.sh [EXAMPLES_PER_OPERATION]
set -euo pipefail
cd "$(dirname "$0")/.."
examples=${1:-12}
guatu=${GUATU_BIN:-target/debug/guatu}
command -v schemathesis >/dev/null || { echo "schemathesis not installed: pip install schemathesis"; exit 1; }
[ -x "$guatu" ] || { echo "no program at $guatu: make build"; exit 1; }
work=$(mktemp -d)
"$guatu" demo --listen 127.0.0.1:0 --data "$work/data" >"$work/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$work"' EXIT

for _ in $(seq 300); do
  grep -q 'token=' "$work/log" && break
  kill -0 "$server" 2>/dev/null || { cat "$work/log"; exit 1; }
  sleep 0.2
done
address=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$work/log" | head -1)
token=$(grep -oE 'token=[A-Za-z0-9_-]+' "$work/log" | head -1 | cut -d= -f2)
session=$(curl -s -D - -o /dev/null -X POST -H 'Content-Type: application/json' -H 'X-Guatu: 1' \
  -d "{\"token\":\"$token\"}" "$address/api/v1/login/link" | grep -i '^set-cookie' | sed 's/^[^=]*=\([^;]*\);.*/\1/' | tr -d '\r')
[ -n "$session" ] || { echo "no session: the link of the sample district was not taken"; cat "$work/log"; exit 1; }

# Signing out would end the session of all other requests.
schemathesis run "$address/api/v1/openapi.json" -H "Authorization: Bearer $session" -H 'X-Guatu: 1' \
  --checks not_a_server_error --max-examples "$examples" --phases fuzzing --workers 2 \
  --exclude-path-regex 'login|logout|session|password'
