#!/usr/bin/env bash
# Fuzzes every reader of weights, one after the other, each for so many seconds (an hour unless told
# otherwise):
#     ch05_pretrain/weights/fuzz/run.sh [SECONDS [TARGET...]]
# Needs clang and libclang-rt-14-dev. Findings, logs and the corpus, from which the next run goes on,
# are kept in $FUZZ_FOLDER, ~/.cache/gokart/fuzz unless set. It is outside of the project, where Bazel
# would look for packages; so is the build, which needs another compiler than everything else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

seconds=${1:-3600}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(safetensors shard_index config tf_checkpoint pickle torch_file gguf gguf_model
                                      gguf_tokenizer tokenizer_json)

folder=${FUZZ_FOLDER:-$HOME/.cache/gokart/fuzz}
mkdir -p "$folder"
bazel=(bazel --output_base="$folder/build")
package=ch05_pretrain/weights/fuzz
labels=("//$package:write_seeds")
for target in "${targets[@]}"; do labels+=("//$package:${target}_fuzzer"); done
"${bazel[@]}" build --config=fuzz --experimental_convenience_symlinks=ignore "${labels[@]}"
binaries=$("${bazel[@]}" info --config=fuzz bazel-bin)/$package
"${bazel[@]}" shutdown

failed=0
for target in "${targets[@]}"; do
  work=$folder/$target
  mkdir -p "$work/corpus"
  "$binaries/write_seeds" "$target" "$work/seeds"
  echo "== $target, $seconds s"
  # Inputs are at most 64 kB, and no reader needs a thousand times that.
  "$binaries/${target}_fuzzer" -max_total_time="$seconds" -max_len=65536 -timeout=10 \
    -rss_limit_mb=1024 -malloc_limit_mb=64 -print_final_stats=1 -artifact_prefix="$work/" \
    "$work/corpus" "$work/seeds" >"$work/log" 2>&1 || { failed=1; echo "$target: see $work/log"; }
  tail -n 7 "$work/log"
done
exit $failed
