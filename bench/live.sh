#!/usr/bin/env bash
# live.sh [SECONDS] [window]: the street's three models on a video of 1280x720 at 30 frames a second,
# as it comes; with "window" every result is drawn in one, of 1280x720 (of Xvfb's where there is no
# display). Ends with the line of the table in docs/performance.md. On a machine at rest.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
seconds=${1:-300}
mode=${2:-headless}
rate=30
length=20
clip=$root/.cache/clips/street-720p.mp4
if [ ! -s "$clip" ]; then
  mkdir -p "$(dirname "$clip")"
  "$root/rtv" live --source "street:size=1280x720,fps=$rate" --headless \
    --frames $((length * rate)) --record "$clip" >&2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One file, again and again without a seam, and longer than the run.
ffmpeg -v error -stream_loop $((seconds / length + 1)) -i "$clip" -c copy "$work/street.mp4"

models=()
for model in segmenter weather motion; do
  models+=(--model "$root/models/street-$model.safetensors")
done

command=("$root/rtv" live --source "$work/street.mp4" --pace realtime --device cpu
  --frames $((seconds * rate)) "${models[@]}" --json)
if [ "$mode" = headless ]; then
  command+=(--headless)
else
  # The window's own size and settings, not those that somebody has left.
  export XDG_CONFIG_HOME=$work
  if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    command=(xvfb-run --auto-servernum --server-args="-screen 0 1280x720x24" "${command[@]}")
  fi
fi

result=$("${command[@]}" | tail -n 1)
echo "$result" >&2

# field NAME: a number of the result.
field() { sed -nE "s/.*\"$1\":([0-9.]+).*/\1/p" <<<"$result"; }

p50=$(field latency_p50_ms)
p99=$(field latency_p99_ms)
printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$mode" "$(field frames)" "$(field dropped)" "$p50" \
  "$(field latency_p95_ms)" "$p99" "$(awk -v a="$p99" -v b="$p50" 'BEGIN { printf "%.2f", a / b }')"
