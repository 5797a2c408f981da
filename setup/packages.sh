# shellcheck shell=bash
# What the scripts at the root share: messages, Debian packages, the .NET SDK. Source it.

say() { printf '==> %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# The last line of a log that says something, for a message of one line.
last_error() { grep -v '^[[:space:]]*$' "$1" | tail -n 1; }

# Runs a command as root: directly, or by sudo.
as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "'$*' needs root, and sudo is not installed: run this script as root once"
  fi
}

# have_package NAME: whether the Debian package is installed, half-configured ones apart.
have_package() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# A fresh image has no package lists, a stopped one has old ones: refreshed at most once a script,
# and only when something has to be fetched.
apt_lists_fresh=
refresh_package_lists() {
  [[ -z $apt_lists_fresh ]] || return 0
  say "packages: refreshing the lists (apt-get update)"
  as_root apt-get update -qq || die "apt-get update failed: see above"
  apt_lists_fresh=yes
}

# need_packages NAME...: installs those of the Debian packages that are not there.
need_packages() {
  local missing=() name
  if ! command -v dpkg-query >/dev/null; then
    warn "packages: not a Debian system; these must be there by other means: $*"
    return 0
  fi
  for name in "$@"; do
    have_package "$name" || missing+=("$name")
  done
  if [[ ${#missing[@]} -eq 0 ]]; then
    say "packages: all $# already installed"
    return 0
  fi
  refresh_package_lists
  say "packages: installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null ||
    die "could not install: ${missing[*]} (see above)"
}

# need_command NAME PACKAGE: installs PACKAGE unless the program is there, from Debian or elsewhere.
need_command() {
  if command -v "$1" >/dev/null; then
    say "packages: $1 is already there"
  else
    need_packages "$2"
  fi
}

# download_package NAME DIR: puts the .deb of a package in DIR and prints its path; installs nothing.
download_package() {
  local name=$1 dir=$2 log=$2/$1.log deb
  # _apt, the user apt drops to, cannot write in DIR: download as the caller.
  fetch() { (cd "$dir" && apt-get -q -o APT::Sandbox::User="$(id -un)" download "$name") >"$log" 2>&1; }
  if ! fetch; then
    refresh_package_lists >&2
    fetch || die "apt-get download $name failed: $(last_error "$log")"
  fi
  deb=$(find "$dir" -maxdepth 1 -name "${name}_*.deb" -print -quit)
  [[ -n $deb ]] || die "apt-get download $name left no file in $dir"
  printf '%s\n' "$deb"
}

# The SDK is Microsoft's and not in Debian 12: a script that cannot know how this machine may
# get it only says what is missing.
need_dotnet() {
  local major=10
  command -v dotnet >/dev/null ||
    die "the .NET $major SDK is needed and 'dotnet' is not on PATH; install the package dotnet-sdk-$major.0 (see the README)"
  dotnet --list-sdks | grep -qE "^$major\\." ||
    die "the .NET $major SDK is needed; 'dotnet --list-sdks' shows: $(dotnet --list-sdks | paste -sd ',' || true)"
  # Invariant: the SDK then needs no ICU library, and the program uses none either.
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
}
