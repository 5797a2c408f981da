#!/usr/bin/env bash
# game.sh [FRAMES]: the game sample without a window, with the street segmenter on the CPU, at budgets
# of 1, 2 and 4 ms a turn; prints the rows of the table in docs/performance.md. On a machine at rest.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
frames=${1:-6000}
dotnet build "$root/samples/Game" -c Release -nologo -v quiet >&2

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# field LINE NAME: a number of a line such as "tick ms: p50 1.20, p95 1.90".
field() { sed -nE "s/^$1 ms:.* $2 ([0-9.]+).*/\1/p" "$log"; }

for budget in 1 2 4; do
  dotnet "$root/artifacts/bin/Game/release/Game.dll" "$root/models/street-segmenter.safetensors" \
    --headless --frames "$frames" --budget "$budget" --device cpu >"$log"
  cat "$log" >&2
  printf '| street segmenter, cpu, %s ms | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$budget" \
    "$(field tick p50)" "$(field tick p95)" "$(field tick p99)" "$(field tick max)" \
    "$(field 'tick cpu' p95)" "$(field 'tick cpu' p99)" "$(field frame p50)" \
    "$(sed -nE 's/^collections: (.*);.*/\1/p' "$log")"
done
