#!/usr/bin/env bash
# Makes the demo's video, .cache/clips/text.mp4: 12 s, 1280x720, 30 frames/s, H.264.
#
# Six shots of street signs and shop fronts, cross-faded, each with a slow pan, zoom and roll. The
# photographs are the scene-text samples of OpenCV, in Debian's package opencv-doc (BSD-3-Clause),
# which is downloaded and unpacked but not installed. One shot is upside down, so that the
# text-direction classifier has something to say.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=setup/packages.sh
source "$root/setup/packages.sh"

clip=$root/.cache/clips/text.mp4
photos=$root/.cache/photos/scenetext
needed=(scenetext01.jpg scenetext02.jpg scenetext03.jpg scenetext05.jpg scenetext06.jpg)

# A clip that an older version of this script made is made again.
if [[ $clip -nt ${BASH_SOURCE[0]} ]]; then
  say "clip: .cache/clips/text.mp4 is already there"
  exit 0
fi

mkdir -p "$root/.cache/clips" "$root/.cache/photos"
work=$(mktemp -d "$root/.cache/clip.XXXXXX")
trap 'rm -rf "$work"' EXIT

if [[ -d $photos ]]; then
  say "clip: the photographs are already in .cache/photos/scenetext"
else
  say "clip: fetching the photographs from Debian's package opencv-doc (96 MB, not installed)"
  deb=$(download_package opencv-doc "$work")
  dpkg-deb --fsys-tarfile "$deb" >"$work/files.tar"
  mkdir "$work/photos"
  for name in "${needed[@]}"; do
    tar -xOf "$work/files.tar" "./usr/share/doc/opencv-doc/examples/text/$name" \
      >"$work/photos/$name" || die "opencv-doc no longer holds examples/text/$name"
  done
  rm -rf "$photos"
  mv -T "$work/photos" "$photos"
fi

seconds=2.5
fade=0.6
frames=75 # of a shot: seconds x 30
inputs=()
graph=
count=0

# corner SX SY: where the view's corner on that side (-1 or 1) lies in the photograph, as two
# expressions of `perspective`: the half-sizes w and h, turned by the roll, about the centre x, y.
corner() {
  printf "'%s+(%s)*%s*cos(%s)-(%s)*%s*sin(%s)'" "$x" "$1" "$w" "$roll" "$2" "$h" "$roll"
  printf ":'%s+(%s)*%s*sin(%s)+(%s)*%s*cos(%s)'" "$y" "$1" "$w" "$roll" "$2" "$h" "$roll"
}

# shot PHOTO X0 Y0 WIDTH0 ROLL0 X1 Y1 WIDTH1 ROLL1 [turned]
# One shot: the camera's view goes from its first place to its second. X, Y: the view's centre and
# WIDTH: its width, as fractions of the photograph; ROLL in degrees. `perspective` resamples
# between pixels, where zoompan and crop would step from pixel to pixel and shake.
shot() {
  local photo=$1 turned=${10:-} t x y w h roll
  inputs+=(-loop 1 -framerate 30 -t "$seconds" -i "$photos/$photo")
  t="(0.5-0.5*cos(PI*on/$frames))" # ease in and out
  x="(W*($2+($6-$2)*$t))"
  y="(H*($3+($7-$3)*$t))"
  w="(0.5*W*($4+($8-$4)*$t))"
  h="($w*9/16)"
  roll="(PI/180*($5+($9-$5)*$t))"
  graph+="[$count:v]scale=1920:-2:flags=lanczos,setsar=1,format=yuv420p,"
  graph+="perspective=$(corner -1 -1):$(corner 1 -1):$(corner -1 1):$(corner 1 1)"
  graph+=":eval=frame:interpolation=cubic:sense=source,"
  graph+="scale=1280:720:flags=lanczos,setsar=1,${turned:+hflip,vflip,}format=yuv420p[s$count];"
  count=$((count + 1))
}

#                     from x    y  width roll    to x    y  width roll
shot scenetext06.jpg     0.50 0.52 0.96  0.0     0.64 0.56 0.70  1.0
shot scenetext02.jpg     0.50 0.60 0.92 -1.5     0.48 0.68 0.72  1.0
shot scenetext01.jpg     0.46 0.32 0.78  1.0     0.44 0.27 0.58 -1.0
shot scenetext01.jpg     0.44 0.27 0.58  1.5     0.45 0.29 0.70 -1.0 turned
shot scenetext05.jpg     0.36 0.40 0.70  0.0     0.46 0.37 0.46  1.5
shot scenetext03.jpg     0.46 0.56 0.90  1.0     0.38 0.59 0.68 -1.0

last=s0
for ((i = 1; i < count; i++)); do
  offset=$(awk "BEGIN { print $i * ($seconds - $fade) }")
  graph+="[$last][s$i]xfade=transition=fade:duration=$fade:offset=${offset}[x$i];"
  last=x$i
done

say "clip: making .cache/clips/text.mp4 from ${#needed[@]} photographs"
ffmpeg -nostdin -v error "${inputs[@]}" -filter_complex "${graph%;}" -map "[$last]" \
  -c:v libx264 -preset veryfast -crf 18 -pix_fmt yuv420p -g 30 -r 30 -movflags +faststart \
  -an -y "$work/text.mp4" || die "ffmpeg could not make the clip: see above"
mv "$work/text.mp4" "$clip"
say "clip: $(stat -c %s "$clip") bytes, $count shots"
