#!/usr/bin/env bash
# Measures the budgets beside the peers and prints one line a figure. Minutes; release build.
# Usage: bench.sh [schedule|files|district|pdf|import|list]...
# Environment: BENCH_ROWS (1000000), BENCH_PYTHON (python3 with mpxj, jpype1, openpyxl), DIRECTUS (folder with directus).
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${BENCH_ROWS:-1000000}
python=${BENCH_PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

has_module() { "$python" -c "import $1" >/dev/null 2>&1; }
missing() { echo "peer: $1 not installed: $2"; }

echo "# $(date -u +%F), $(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg)"
cargo build --quiet --release --package bench --bin bench
bench=${CARGO_TARGET_DIR:-target}/release/bench

schedule() {
  "$bench" schedule
  if has_module mpxj && has_module jpype; then
    for kind in ms p6; do "$python" bench/peers/mpxj_speed.py "$kind" 100000 || true; done
  else missing MPXJ "pip install mpxj jpype1 (needs Java)"; fi
}

files() {
  "$bench" files 100000 "$work"
  if has_module mpxj && has_module jpype; then
    for ending in xer xml; do "$python" bench/peers/mpxj_read.py "$work/plan.$ending" || true; done
  else missing MPXJ "pip install mpxj jpype1 (needs Java)"; fi
}

district() { "$bench" district; }
pdf() { "$bench" pdf; }

import() {
  "$bench" workbook "$work/large.xlsx"
  "$bench" import "$work/large.xlsx"
  if has_module openpyxl; then "$python" bench/peers/openpyxl_read.py "$work/large.xlsx"
  else missing openpyxl "pip install openpyxl"; fi
}

list() {
  "$bench" list "$rows" "$work"
  if [ -x "${DIRECTUS:-/nowhere}/node_modules/.bin/directus" ]; then
    "$python" bench/peers/directus_list.py "$DIRECTUS" "$rows"
  else missing Directus "npm i directus@12.4.0 sqlite3 --legacy-peer-deps in a folder of its own, named by DIRECTUS"; fi
}

[ $# -gt 0 ] || set -- district schedule files pdf import list
for part in "$@"; do
  case $part in
    schedule|files|district|pdf|import|list) "$part" ;;
    *) echo "no part $part; usage: bench.sh [schedule|files|district|pdf|import|list]..." >&2; exit 2 ;;
  esac
done
