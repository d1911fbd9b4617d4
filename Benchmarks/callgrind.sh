#!/usr/bin/env bash
# Instructions a unit of work (a customer, a job, a hold, a replication), counted by callgrind and held against
# callgrind.txt: they do not vary with the machine's load. Two sizes are run and subtracted, which leaves out the start.
# UPDATE=1 writes the counts found into the file. Fails when a count is more than TOLERANCE per cent above its line.
set -euo pipefail
cd "$(dirname "$0")"
TOLERANCE=${TOLERANCE:-5}

if ! command -v valgrind >/dev/null; then
  { [ "$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends valgrind; } >/dev/null 2>&1 || true
fi
if ! command -v valgrind >/dev/null; then
  echo "skipped: valgrind is not to be had here"
  exit 0
fi

"${SWIFT:-swift}" build -c release --product Workload 1>&2
# Valgrind 3.19 cannot read the debugging information that Swift 6 writes.
program=$(mktemp)
trap 'rm -f "$program" "$program".*' EXIT
cp .build/release/Workload "$program"
strip "$program"
chmod +x "$program"

instructions() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" "$3" 1 1 2>&1 >/dev/null </dev/null |
    sed -n 's/.*Collected : *//p'
}

failed=0
while read -r workload c small large limit; do
  case $workload in '#'* | '') echo "$workload $c $small $large $limit" >>"$program.new"; continue ;; esac
  few=$(instructions "$workload" "$c" "$small")
  many=$(instructions "$workload" "$c" "$large")
  if [ -z "$few" ] || [ -z "$many" ]; then
    echo "FAILED $workload $c: valgrind counted nothing"
    exit 1
  fi
  found=$(((many - few) / (large - small)))
  echo "$workload $c $small $large $found" >>"$program.new"
  verdict=ok
  if [ $((found * 100)) -gt $((limit * (100 + TOLERANCE))) ]; then
    verdict=REGRESSION
    failed=1
  elif [ $((found * 100)) -lt $((limit * (100 - TOLERANCE))) ]; then
    verdict='improved: UPDATE=1 lowers the limit'
  fi
  printf '%-18s c = %-5s %9d instructions each, %9d before  %s\n' "$workload" "$c" "$found" "$limit" "$verdict"
done <callgrind.txt

if [ -n "${UPDATE:-}" ]; then
  sed 's/ *$//' "$program.new" >callgrind.txt
  echo "callgrind.txt is written"
  exit 0
fi
exit $failed
