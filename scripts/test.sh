#!/usr/bin/env bash
# Runs every test and closes with one line: N passed, N failed.
set -uo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
passed=0
failed=0

# step NAME COMMAND...: a step that is one test.
step() {
  local name=$1; shift
  if "$@" >"$log/$name" 2>&1; then passed=$((passed + 1)); echo "ok    $name"
  else failed=$((failed + 1)); echo "FAIL  $name"; tail -n 60 "$log/$name"; fi
}

# suite NAME PATTERN_PASSED PATTERN_FAILED COMMAND...: a runner that counts its own tests.
suite() {
  local name=$1 good=$2 bad=$3; shift 3
  local status=0
  "$@" >"$log/$name" 2>&1 || status=$?
  local p f
  p=$(sed -E 's/\x1b\[[0-9;]*m//g' "$log/$name" | grep -oE "$good" | grep -oE '[0-9]+ (passed)' | grep -oE '[0-9]+' | awk '{ sum += $1 } END { print sum + 0 }')
  f=$(sed -E 's/\x1b\[[0-9;]*m//g' "$log/$name" | grep -oE "$bad" | grep -oE '[0-9]+ (failed)' | grep -oE '[0-9]+' | awk '{ sum += $1 } END { print sum + 0 }')
  p=${p:-0}; f=${f:-0}
  [ "$status" -eq 0 ] || [ "$f" -gt 0 ] || f=1
  [ "$p" -gt 0 ] || [ "$f" -gt 0 ] || f=1
  passed=$((passed + p)); failed=$((failed + f))
  if [ "$f" -gt 0 ]; then echo "FAIL  $name ($p passed, $f failed)"; grep -E 'panicked|FAILED|failed|Error|✗|×|not ok' "$log/$name" | head -n 40; tail -n 80 "$log/$name"
  else echo "ok    $name ($p tests)"; fi
}

suite rust '[0-9]+ passed' '[0-9]+ failed' cargo test --workspace --no-fail-fast
# Built with the whole workspace: another choice of packages would compile what they share once more.
step xtask cargo build --workspace --bin xtask
step tidy target/debug/xtask tidy
step generated-files-are-fresh target/debug/xtask gen --check
step web-typecheck npm --prefix web run --silent typecheck
suite web-units 'Tests .*[0-9]+ passed' 'Tests .*[0-9]+ failed' npm --prefix web test
suite web-pages 'Tests .*[0-9]+ passed' 'Tests .*[0-9]+ failed' env GUATU_BIN="$PWD/target/debug/guatu" npm --prefix web run --silent e2e
if [ -d "${SHARED:-../shared}/workbooks" ]; then step outside-truth make --no-print-directory truth; fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
