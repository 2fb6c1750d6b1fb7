#!/usr/bin/env bash
# Every C++ file in version control is laid out as .clang-format says.
set -uo pipefail

command -v clang-format >/dev/null || {
  echo "clang-format is not installed; run ./setup.sh"
  exit 1
}
# The test sees links into the checkout; the checkout has all files.
cd "$(dirname "$(readlink -f .clang-format)")" || exit 1

mapfile -t files < <(git -c safe.directory='*' ls-files -- '*.h' '*.cc' | while read -r file; do
  [ ! -e "$file" ] || echo "$file"  # a deleted one is listed until the deletion is committed
done)
if [ ${#files[@]} = 0 ]; then
  echo "no C++ file found in $PWD; is it a git checkout?"
  exit 1
fi

report=$(printf '%s\0' "${files[@]}" |
  xargs --null --max-args=20 --max-procs=2 clang-format --style=file --dry-run -Werror 2>&1) && {
  echo "${#files[@]} files are well laid out"
  exit 0
}
# Of each file the first place is enough.
echo "$report" | grep ': error: ' | sort --unique --field-separator=: --key=1,1 || echo "$report"
echo "To lay a file out:  clang-format -i FILE"
exit 1
