#!/usr/bin/env bash
# pack.sh [FOLDER]: the NuGet packages of the libraries and of the tool rtv, with symbols, into FOLDER
# (artifacts/packages). Built apart from other builds: paths in them are the repository's, not this
# machine's, and SourceLink points to the commit where the clone's origin is on a known host.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
# shellcheck source=setup/packages.sh
source "$root/setup/packages.sh"
folder=$(realpath -m "${1:-$root/artifacts/packages}")

need_dotnet
for project in "$root"/src/*/*.csproj; do
  dotnet pack "$project" -c Release -nologo -v quiet -p:ContinuousIntegrationBuild=true \
    --artifacts-path "$root/artifacts/pack" -o "$folder"
done
ls -l "$folder"
