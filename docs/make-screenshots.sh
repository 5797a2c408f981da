#!/usr/bin/env bash
# Makes the pictures of docs/viewer.md: every view, each by a headless run of 'rtv live'. They need
# no display and no GPU; blur and background take the clip and the network of ./demo.sh, which are
# fetched unless they are there, the others need no network.
#
#   docs/make-screenshots.sh [FOLDER] [NAME...]
#       FOLDER: where they go, docs/images/viewer by default. NAME: only those.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
folder=${1:-$root/docs/images/viewer}
shift || true
mkdir -p "$folder"
RTV=${RTV:-$root/rtv}

models=()
for name in segmenter weather motion; do
  models+=(--model "$root/models/street-$name.safetensors")
done
street=street:seed=3,fps=10,start=20,weather=clear

is_wanted() { [[ ${#wanted[@]} -eq 0 || " ${wanted[*]} " == *" $1 "* ]]; }

# shot NAME FRAMES ARGUMENTS...: a picture.
shot() {
  local name=$1 frames=$2
  shift 2
  is_wanted "$name" || return 0
  "$RTV" live --headless --device cpu --smoothing 0 --frames "$frames" \
    --snapshot "$folder/$name.png" "$@" >/dev/null
  ffmpeg -v error -y -i "$folder/$name.png" -q:v 4 "$folder/$name.jpg"
  rm "$folder/$name.png"
}

wanted=("$@")
for view in video mask contours both mask-only confidence difference truth; do
  shot "$view" 4 --source "$street" --width 960 "${models[@]}" --view "$view" --show legend
done
shot split 4 --source "$street" --width 960 "${models[@]}" --view both --show split
shot cursor 4 --source "$street" --width 960 "${models[@]}" --view both --show cursor
shot objects 12 --source "$street" --width 960 "${models[@]}" --view contours --show objects
shot graphs 90 --source "$street" --width 960 "${models[@]}" --view video --show graphs
for view in grad-cam feature-maps; do
  shot "$view" 6 --source "$street" --width 960 --model "$root/models/street-weather.safetensors" \
    --view "$view" --show inside
done
shot layers 3 --source "$street" --width 960 --model "$root/models/street-segmenter.safetensors" \
  --view grad-cam --show layers
shot streams 12 --source street:seed=3,fps=10,weather=rain --source street:seed=5,fps=10,weather=fog \
  --source street:seed=7,fps=10,weather=night --source "$street" --width 640 "${models[@]}" --view mask
shot seek 20 --source street:seed=3,fps=10,frames=300 --width 960 "${models[@]}" --view both
shot teach 150 --source street:seed=3,fps=1 --width 960 --teach "$root/models/street-weather.safetensors" \
  --teach-names wet,dark,dry --teach-script "2-24:wet,32-54:dark,92-114:dry"
for menu in help sources models devices; do
  shot "$menu" 2 --source "$street" --width 960 "${models[@]}" --view mask --show "$menu"
done
if is_wanted blur || is_wanted background; then
  bash "$root/setup/models.sh" selfie
  bash "$root/setup/people-clip.sh"
  people=(--source "$root/.cache/clips/people.mp4" --model "$root/.cache/models/selfie/selfie.tflite")
  # The clear one of its four streets.
  behind=$folder/.street.png
  ffmpeg -v error -y -i "$root/docs/images/street.jpg" -vf crop=480:360:80:0 "$behind"
  shot blur 60 "${people[@]}" --view video --background blur
  shot background 60 "${people[@]}" --view video --background "$behind"
  rm "$behind"
fi
