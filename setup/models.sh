#!/usr/bin/env bash
# Fetches the models of models/catalogue.json into .cache/models/, each with its manifest beside it:
# all of them, or those that are named. What is there already is not fetched again.
#
#   setup/models.sh [NAME...]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=setup/packages.sh
source "$root/setup/packages.sh"

need_command npm npm
[[ $# -gt 0 ]] || set -- --all
say "models: $*"
exec "$root/rtv" models get "$@"
