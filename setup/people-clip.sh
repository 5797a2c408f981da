#!/usr/bin/env bash
# Makes .cache/clips/people.mp4: 640x480, 30 frames a second, about 17 seconds of photographs with
# people, moved as a camera held by hand moves. The photographs are in Debian packages; of packages
# that are not installed only those files are fetched, into .cache/photos/people.
#   astronaut.png   Eileen Collins, by NASA (public domain), in python3-skimage
#   person.jpg      in darknet
#   messi5.jpg, basketball1.png   in opencv-doc
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=setup/packages.sh
source "$root/setup/packages.sh"

clip=$root/.cache/clips/people.mp4
photos=$root/.cache/photos/people

# A clip that an older version of this script made is made again.
if [[ $clip -nt ${BASH_SOURCE[0]} ]]; then
  say "clip: .cache/clips/people.mp4 is already there"
  exit 0
fi

mkdir -p "$root/.cache/clips" "$photos"
work=$(mktemp -d "$root/.cache/clip.XXXXXX")
trap 'rm -rf "$work"' EXIT

# photo PACKAGE FILE...: puts the photographs of a package in the cache: from where the package is
# installed, else from the package itself, which is fetched and not installed.
photo() {
  local package=$1 missing=() name path deb
  shift
  for name in "$@"; do
    [[ -s $photos/$name ]] || missing+=("$name")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if have_package "$package"; then
    dpkg -L "$package" >"$work/list"
    for name in "${missing[@]}"; do
      path=$(grep -m 1 "/$name\$" "$work/list") || die "$package no longer holds $name"
      [[ -f $path ]] && cp "$path" "$work/$name" && mv "$work/$name" "$photos/$name"
    done
  fi
  for name in "${missing[@]}"; do
    [[ -s $photos/$name ]] && continue
    if [[ ! -e $work/$package.tar ]]; then
      say "clip: fetching photographs from Debian's package $package (not installed)"
      deb=$(download_package "$package" "$work")
      dpkg-deb --fsys-tarfile "$deb" >"$work/$package.tar"
      tar -tf "$work/$package.tar" >"$work/$package.list"
    fi
    path=$(grep -m 1 "/$name\$" "$work/$package.list") || die "$package no longer holds $name"
    tar -xOf "$work/$package.tar" "$path" >"$work/$name"
    mv "$work/$name" "$photos/$name"
  done
}

photo python3-skimage astronaut.png
photo darknet person.jpg
photo opencv-doc messi5.jpg basketball1.png

seconds=4
fade=0.5
frames=$((seconds * 30))
inputs=()
graph=
count=0

# shot PHOTO X0 Y0 WIDTH0 X1 Y1 WIDTH1
# One shot: the view goes from its first place to its second, and shakes a little on its way. X, Y:
# the view's centre and WIDTH: its width, as fractions of the photograph. `perspective` resamples
# between pixels, where zoompan and crop would step from pixel to pixel.
shot() {
  local t x y w h
  inputs+=(-loop 1 -framerate 30 -t "$seconds" -i "$photos/$1")
  t="(0.5-0.5*cos(PI*on/$frames))" # ease in and out
  x="(W*($2+($5-$2)*$t+0.004*sin(on/5)+0.003*sin(on/2.3)))"
  y="(H*($3+($6-$3)*$t+0.004*sin(on/4.1)))"
  w="(0.5*W*($4+($7-$4)*$t))"
  h="($w*3/4)"
  graph+="[$count:v]scale=1280:-2:flags=lanczos,setsar=1,format=yuv420p,"
  graph+="perspective='$x-$w':'$y-$h':'$x+$w':'$y-$h':'$x-$w':'$y+$h':'$x+$w':'$y+$h'"
  graph+=":eval=frame:interpolation=cubic:sense=source,"
  graph+="scale=640:480:flags=lanczos,setsar=1,format=yuv420p[s$count];"
  count=$((count + 1))
}

# People stand to the right: the numbers are at the left.
#                   from x    y  width   to x    y  width
shot astronaut.png     0.40 0.31 0.78    0.36 0.27 0.66
shot messi5.jpg        0.41 0.50 0.80    0.37 0.48 0.66
shot person.jpg        0.34 0.48 0.60    0.29 0.47 0.46
shot basketball1.png   0.54 0.46 0.90    0.67 0.38 0.62
shot astronaut.png     0.34 0.25 0.60    0.41 0.32 0.80

last=s0
for ((i = 1; i < count; i++)); do
  offset=$(awk "BEGIN { print $i * ($seconds - $fade) }")
  graph+="[$last][s$i]xfade=transition=fade:duration=$fade:offset=${offset}[x$i];"
  last=x$i
done

say "clip: making .cache/clips/people.mp4 from $((count - 1)) photographs"
ffmpeg -nostdin -v error "${inputs[@]}" -filter_complex "${graph%;}" -map "[$last]" \
  -c:v libx264 -preset veryfast -crf 18 -pix_fmt yuv420p -g 30 -r 30 -movflags +faststart \
  -an -y "$work/people.mp4" || die "ffmpeg could not make the clip: see above"
mv "$work/people.mp4" "$clip"
say "clip: $(stat -c %s "$clip") bytes, $count shots"
