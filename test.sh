#!/usr/bin/env bash
# Builds everything and runs every test project.
#
#   ./test.sh          the default tier: under 20 minutes on 2 cores
#   ./test.sh --all    also long fuzzing, soak, full conformance, and all formatting rules
#
# Ends with one line, "N passed, N failed, N skipped", and exits 1 if anything failed. A failed
# check, a crashed or hung test host and a project without tests count as one failure each.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=setup/packages.sh
source "$root/setup/packages.sh"
cd "$root"

export RTV_TEST_TIER=${RTV_TEST_TIER:-default}
for argument in "$@"; do
  case $argument in
    --all) RTV_TEST_TIER=all ;;
    -h | --help)
      sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    *)
      warn "unknown argument: $argument (only --all is known)"
      exit 2
      ;;
  esac
done

passed=0 failed=0 skipped=0
fail() {
  printf 'FAILED: %s\n' "$*"
  failed=$((failed + 1))
}
finish() {
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [[ $failed -eq 0 ]] && exit 0
  exit 1
}

# What the tests need: ffmpeg for real streams, GLFW and Mesa under Xvfb for the viewer, PoCL
# so that the OpenCL kernels run on a machine without a GPU, ptxas for the CUDA ones, and the
# conformance cases of ONNX.
need_dotnet
packages=(ffmpeg libglfw3 libgl1 libegl1 libgl1-mesa-dri xvfb xauth fonts-dejavu-core
  ocl-icd-libopencl1 pocl-opencl-icd libonnx-testdata
  dataset-fashion-mnist)
[[ $RTV_TEST_TIER != all ]] || packages+=(shellcheck)
need_packages "${packages[@]}"
bash setup/models.sh || warn "the tests on fetched networks will say that they are not there"
if [[ -z ${RTV_PTXAS:-} ]]; then
  if bash setup/ptxas.sh; then
    export RTV_PTXAS=$root/.cache/ptxas/ptxas
  else
    warn "the tests that assemble PTX will say that ptxas is not there"
  fi
fi

say "building (Release, warnings are errors)"
if ! dotnet build RealtimeVision.sln -c Release -nologo -v quiet; then
  fail "the build"
  finish
fi

# The analysers' style rules are part of the build; what is left is white space, and with --all
# the rules that only 'dotnet format' knows.
say "checking the formatting"
if [[ $RTV_TEST_TIER == all ]]; then
  dotnet format RealtimeVision.sln --verify-no-changes --no-restore || fail "dotnet format"
  shellcheck -x rtv ./*.sh setup/*.sh .ci/run || fail "shellcheck"
else
  dotnet format whitespace --folder . --exclude artifacts .cache --verify-no-changes ||
    fail "dotnet format whitespace"
fi

results=$root/TestResults
longest=10m # a test that takes longer hangs
[[ $RTV_TEST_TIER != all ]] || longest=60m
rm -rf "$results"

# counter FILE NAME: a number of the <Counters .../> element of a TRX file.
counter() { grep -oE '<Counters [^>]*>' "$1" | sed -nE "s/.* $2=\"([0-9]+)\".*/\1/p"; }

# why_skipped FILE: each skipped test with its reason; the console logger gives the names only.
why_skipped() {
  awk '/<UnitTestResult / { skipped = /outcome="NotExecuted"/
                            match($0, /testName="[^"]*"/)
                            name = substr($0, RSTART + 10, RLENGTH - 11) }
       skipped && /<Message>/ { sub(/^.*<Message>/, ""); sub(/<\/Message>.*$/, "")
                                print "  skipped " name ": " $0 }' "$1"
}

for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  trx=$results/$name.trx
  say "$name"
  status=0
  dotnet test "$project" -c Release --no-build --nologo \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
    --results-directory "$results" \
    --blame-hang --blame-hang-timeout "$longest" --blame-hang-dump-type none || status=$?

  total=0 good=0 bad=0
  if [[ -f $trx ]]; then
    total=$(counter "$trx" total)
    good=$(counter "$trx" passed)
    for kind in failed error timeout aborted; do
      bad=$((bad + $(counter "$trx" $kind)))
    done
  fi
  passed=$((passed + good))
  failed=$((failed + bad))
  # Not the TRX's notExecuted: that stays 0 for tests that were ignored.
  skipped=$((skipped + total - good - bad))
  [[ ! -f $trx ]] || why_skipped "$trx"
  if [[ $status -ne 0 && $bad -eq 0 ]] || grep -qs '<RunInfo .*outcome="Error"' "$trx"; then
    fail "$name: the test host crashed, hung or did not start (exit code $status)"
  elif [[ $total -eq 0 ]]; then
    fail "$name ran no tests"
  fi
done

finish
