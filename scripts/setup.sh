#!/usr/bin/env bash
# Says what is missing, installs what it may. Usage: setup.sh build|test
set -euo pipefail
purpose=${1:-build}
missing=()

say() { printf '%s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

has cargo || missing+=("Rust (cargo, rustc 1.92 or newer, by rustup)")
has cc || missing+=("a C compiler (Debian package: build-essential)")
if has node; then
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || missing+=("Node 20 or newer (found $major)")
else
  missing+=("Node 20 or newer with npm")
fi
has npm || missing+=("npm")
if [ ${#missing[@]} -gt 0 ]; then
  say "Missing:"; printf '  - %s\n' "${missing[@]}" >&2
  exit 1
fi
[ "$purpose" = test ] || exit 0

packages=()
has chromium || packages+=(chromium)
grep -q 'Noto Sans CJK' <<<"$(fc-list : family 2>/dev/null)" || packages+=(fonts-noto-cjk)
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || has postgres || packages+=(postgresql)
has pdftotext || packages+=(poppler-utils)
has soffice || packages+=(libreoffice-calc-nogui)
has python3 || packages+=(python3)
python3 -c 'import openpyxl' >/dev/null 2>&1 || packages+=(python3-openpyxl)
[ ${#packages[@]} -gt 0 ] || exit 0

say "The tests need these Debian packages: ${packages[*]}"
if ! has apt-get; then
  say "Install them with your system's package manager and run again."
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  has sudo || { say "Run as root: apt-get install ${packages[*]}"; exit 1; }
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
