#!/usr/bin/env bash
# The demo, live, with pretrained networks.
#
#   ./demo.sh [--source S] [flags of 'rtv live'...]
#       people, cut out of a blurred background. Without a source: the camera, where there is one,
#       else a clip made from photographs with people. --background: what is behind them.
#   ./demo.sh text [--source S] [flags of 'rtv live'...]
#       text and its direction. Without a source: a clip of street signs, made from photographs.
#   ./demo.sh street [--source S] [flags of 'rtv live'...]
#       a synthetic street, offline: what is where, the weather, and what the car does, each against
#       the truth. It is also what is shown where neither camera nor network is.
#
# With a display it opens the window; without one it renders the same picture headless and prints
# where it is. S is a video file, a folder, a URL or camera:0. Everything it fetches goes to .cache,
# what it makes to out.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=setup/packages.sh
source "$root/setup/packages.sh"

what=
if [[ ${1:-} =~ ^(people|text|street)$ ]]; then
  what=$1
  shift
fi

source='' models='' background='' headless='' snapshot='' record='' frames='' enough=300
rest=()
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help)
      sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    --source)
      [[ $# -ge 2 ]] || { warn "--source needs a value" && exit 2; }
      source=$2
      shift
      ;;
    --source=*) source=${1#*=} ;;
    *)
      case $1 in
        --model | --model=*) models=given ;;
        --background | --background=*) background=given ;;
        --headless) headless=given ;;
        --snapshot | --snapshot=*) snapshot=given ;;
        --record | --record=*) record=given ;;
        --frames | --frames=*) frames=given ;;
      esac
      rest+=("$1")
      ;;
  esac
  shift
done

need_dotnet
# ffmpeg decodes, reads cameras and records; GLFW opens the window; Mesa draws where there is no
# GPU driver; the HUD is set in DejaVu. OpenCL's loader lets a GPU's driver be found. Debian's
# GLFW is built for X11 (Wayland desktops have Xwayland) or, in another package, for Wayland.
glfw=libglfw3 display=${DISPLAY:-}
if have_package libglfw3-wayland; then
  glfw=libglfw3-wayland display+=${WAYLAND_DISPLAY:-}
fi
(need_packages ffmpeg "$glfw" libgl1 libegl1 libgl1-mesa-dri fonts-dejavu-core ocl-icd-libopencl1) ||
  warn "going on without them"

prepare_people() {
  [[ -n $models ]] || bash "$root/setup/models.sh" selfie || return
  if [[ -n $source ]]; then
    :
  elif [[ -r /dev/video0 ]]; then
    say "taking the camera (--source for another)"
    source=camera:0
  else
    say "no camera here: taking a clip made from photographs"
    bash "$root/setup/people-clip.sh" || return
    source=$root/.cache/clips/people.mp4
  fi
  [[ -z $models ]] || return 0
  rest+=(--model "$root/.cache/models/selfie/selfie.tflite")
  [[ -n $background ]] || rest+=(--background blur)
}

prepare_text() {
  if [[ -z $models ]]; then
    bash "$root/setup/models.sh" ppocr-det ppocr-cls
    rest+=(--model "$root/.cache/models/ocr/ppocr-det.onnx")
    rest+=(--model "$root/.cache/models/ocr/ppocr-cls.onnx")
  fi
  [[ -z $source ]] || return 0
  bash "$root/setup/clip.sh"
  source=$root/.cache/clips/text.mp4
}

prepare_street() {
  local name
  # At the rate that the motion model was trained with; each mask by itself, as the truth is.
  source=${source:-street:fps=10}
  rest=(--smoothing 0 "${rest[@]}")
  enough=600
  [[ -z $models ]] || return 0
  for name in street-segmenter street-weather street-motion; do
    if [[ -f $root/models/$name.safetensors ]]; then
      rest+=(--model "$root/models/$name.safetensors")
      models=given
    else
      warn "models/$name.safetensors is not there: going on without it"
    fi
  done
}

if [[ -n $what ]]; then
  "prepare_$what"
elif [[ -n $source ]]; then
  prepare_people
elif ! prepare_people; then
  say "people need what cannot be fetched here: taking the street"
  source=''
  prepare_street
fi

if [[ -z $headless && -n $display ]]; then
  say "opening the window (H: help, Q: quit)"
  exec "$root/rtv" live --source "$source" "${rest[@]}"
fi

[[ -n $headless ]] || {
  say "no display here: rendering headless"
  rest+=(--headless)
}
mkdir -p "$root/out"
[[ -n $snapshot ]] || rest+=(--snapshot "$root/out/demo.png")
if [[ -z $record ]] && command -v ffmpeg >/dev/null; then
  rest+=(--record "$root/out/demo.mp4")
fi
# A camera or a stream has no end of its own.
[[ -n $frames || -e $source ]] || rest+=(--frames "$enough")

log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$root/rtv" live --source "$source" "${rest[@]}" --json | tee "$log"

# field NAME: its value in the last line, a JSON object without nesting.
field() { tail -n 1 "$log" | sed -nE "s/.*\"$1\": *(\"([^\"]*)\"|([^,}\"]*)).*/\2\3/p"; }
round() { awk -v value="$1" 'BEGIN { printf "%.1f", value }'; }

printf '\n'
printf 'picture    %s\n' "$(field snapshot)"
printf 'video      %s\n' "$(field record)"
printf 'rate       %s frames/s on %s (%s processed, %s dropped)\n' \
  "$(round "$(field fps)")" "$(field device)" "$(field processed)" "$(field dropped)"
printf 'latency    %s ms median, %s ms 95th percentile\n' \
  "$(round "$(field latency_p50_ms)")" "$(round "$(field latency_p95_ms)")"
for score in mean_iou weather_accuracy motion_accuracy; do
  value=$(field "$score")
  [[ -z $value ]] || printf '%-10s %s against the truth\n' "${score%_*}" "$value"
done
