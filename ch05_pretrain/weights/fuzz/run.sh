#!/usr/bin/env bash
# Fuzzes every reader of weights, one after the other, each for so many seconds (an hour unless
# told otherwise): ch05_pretrain/weights/fuzz/run.sh [SECONDS] [TARGET...]
# Needs clang and libclang-rt-14-dev. Findings and the corpus, from which the next run goes on, are
# kept in fuzz/ of the current folder. Builds in an output folder of its own, as it needs another
# compiler than everything else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

seconds=${1:-3600}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(safetensors shard_index config tf_checkpoint pickle torch_file gguf)

bazel=(bazel --output_base="${FUZZ_OUTPUT_BASE:-$HOME/.cache/gokart/fuzz_build}")
package=ch05_pretrain/weights/fuzz
labels=("//$package:write_seeds")
for target in "${targets[@]}"; do labels+=("//$package:${target}_fuzzer"); done
"${bazel[@]}" build --config=fuzz --symlink_prefix=fuzz/bazel- "${labels[@]}"
"${bazel[@]}" shutdown

failed=0
for target in "${targets[@]}"; do
  work=fuzz/$target
  mkdir -p "$work/corpus"
  "fuzz/bazel-bin/$package/write_seeds" "$target" "$work/seeds"
  echo "== $target, $seconds s"
  # -rss_limit_mb, -malloc_limit_mb: inputs are at most 64 kB, and no reader needs a thousand times that.
  "fuzz/bazel-bin/$package/${target}_fuzzer" -max_total_time="$seconds" -max_len=65536 -timeout=10 \
    -rss_limit_mb=1024 -malloc_limit_mb=128 -print_final_stats=1 -artifact_prefix="$work/" \
    "$work/corpus" "$work/seeds" 2>"$work/log" || failed=1
  tail -n 8 "$work/log"
done
exit $failed
