#!/usr/bin/env bash
# Fetches NVIDIA's PTX assembler (ptxas, and nvdisasm) into .cache/ptxas/ without installing anything.
#
# The tests assemble the PTX of every GPU kernel with it, so that a machine without a GPU still
# finds a kernel that spills registers or that no driver would take. It comes from Debian's
# non-free component: apt is given a private copy of this machine's own source list with that
# component added, and private list and cache folders, so the system's apt settings stay as they
# are. Not being able to fetch it is no error of this machine: exit code 3 and the reason.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=setup/packages.sh
source "$root/setup/packages.sh"

package=nvidia-cuda-toolkit
target=$root/.cache/ptxas

if [[ -x $target/ptxas && -x $target/nvdisasm ]]; then
  say "ptxas: already in .cache/ptxas"
  exit 0
fi

unavailable() {
  warn "ptxas: not fetched: $1"
  exit 3
}

[[ $(uname -m) == x86_64 ]] || unavailable "this script fetches the x86-64 build only"
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || unavailable "$tool is needed (Debian)"
done

say "ptxas: fetching it from Debian's non-free package $package (not installed, only unpacked)"
mkdir -p "$root/.cache"
work=$(mktemp -d "$root/.cache/ptxas.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The copy: every source file of this machine, in both of apt's formats, with non-free added to the
# components. A repository that has no such component only makes apt warn.
mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial"
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
  [[ -s $file ]] || continue
  sed -E \
    -e '/^Components:/ { /(^|[[:space:]])non-free([[:space:]]|$)/! s/$/ non-free/ }' \
    -e '/^deb(-src)?[[:space:]].*[[:space:]]main([[:space:]]|$)/ { /[[:space:]]non-free([[:space:]]|$)/! s/$/ non-free/ }' \
    "$file" >"$work/sources/$(basename "$file")"
done
[[ -n $(ls -A "$work/sources") ]] || unavailable "this machine has no apt source list"
: >"$work/sources.list"

# _apt, the user apt downloads as, cannot read a private folder: download as the caller.
apt_private() {
  apt-get -q \
    -o Dir::Etc::sourcelist="$work/sources.list" \
    -o Dir::Etc::sourceparts="$work/sources" \
    -o Dir::State::lists="$work/lists" \
    -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User="$(id -un)" \
    "$@"
}

log=$work/log
apt_private update >"$log" 2>&1 || unavailable "apt-get update failed: $(last_error "$log")"
(cd "$work" && apt_private download "$package") >"$log" 2>&1 ||
  unavailable "apt-get download $package failed: $(last_error "$log")"

debs=("$work/${package}"_*.deb)
dpkg-deb --fsys-tarfile "${debs[0]}" >"$work/files.tar"
mkdir "$work/bin"
while read -r path; do
  tar -xOf "$work/files.tar" "$path" >"$work/bin/$(basename "$path")"
done < <(tar -tf "$work/files.tar" | grep -E '/bin/(ptxas|nvdisasm)$')
for tool in ptxas nvdisasm; do
  [[ -s $work/bin/$tool ]] || unavailable "$package holds no $tool"
  chmod +x "$work/bin/$tool"
done
"$work/bin/ptxas" --version >"$log" 2>&1 || unavailable "it does not run here: $(last_error "$log")"

rm -rf "$target"
mv -T "$work/bin" "$target"
say "ptxas: $(sed -n 's/.*\(release [0-9.]*\).*/\1/p' "$log") is in .cache/ptxas"
