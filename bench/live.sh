#!/usr/bin/env bash
# live.sh [SECONDS]: the street's three models on a video of 1280x720 at 30 frames a second, as it
# comes, drawn without a window. Ends with the line of the table in docs/performance.md. On a
# machine at rest.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
seconds=${1:-300}
rate=30
clip=$root/.cache/clips/street-720p.mp4
if [ ! -s "$clip" ]; then
  mkdir -p "$(dirname "$clip")"
  "$root/rtv" live --source "street:size=1280x720,fps=$rate" --headless --frames $((20 * rate)) \
    --record "$clip" >&2
fi

models=()
for model in segmenter weather motion; do
  models+=(--model "$root/models/street-$model.safetensors")
done

result=$("$root/rtv" live --source "$clip" --loop --pace realtime --headless --device cpu \
  --frames $((seconds * rate)) "${models[@]}" --json | tail -n 1)
echo "$result" >&2

# field NAME: a number of the result.
field() { sed -nE "s/.*\"$1\":([0-9.]+).*/\1/p" <<<"$result"; }

p50=$(field latency_p50_ms)
p99=$(field latency_p99_ms)
printf '| %s | %s | %s | %s | %s | %s |\n' "$(field frames)" "$(field dropped)" "$p50" \
  "$(field latency_p95_ms)" "$p99" "$(awk -v a="$p99" -v b="$p50" 'BEGIN { printf "%.2f", a / b }')"
