#!/usr/bin/env bash
# fasttext.sh JUDGE_BENCH CORPUS: posts per second on one thread, larum's judge beside Debian's fasttext predicting complaints
# with a supervised model learned from the same posts: once with fasttext's defaults (words), once with pairs and parts of
# words, which inflected languages need. Loading a model is not counted on either side.
set -euo pipefail
judge=$1 corpus=$2
command -v fasttext >/dev/null || { echo 'fasttext is not installed (Debian: fasttext): not compared'; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# «CR topic …|text» as fasttext wants it: the label, then the text on one line.
sed -E 's/^([^ ]+) [^|]*\|(.*)$/\1\t\2/; s/\\n/ /g' "$corpus"/*_*.txt | shuf --random-source=<(yes) |
    awk -F'\t' '{ print ($1 ~ /C/ ? "__label__yes " : "__label__no ") $2 }' >"$folder/labelled"
cut -d' ' -f2- "$folder/labelled" >"$folder/posts"
head -n 1 "$folder/posts" >"$folder/one"
posts=$(wc -l <"$folder/posts")

nanoseconds() { local from; from=$(date +%s%N); "$@" >/dev/null; echo $(($(date +%s%N) - from)); }
rate() { # MODEL
    local loading all
    loading=$(nanoseconds fasttext predict "$1" "$folder/one")
    all=$(nanoseconds fasttext predict "$1" "$folder/posts")
    awk -v posts="$posts" -v time=$((all - loading)) 'BEGIN { printf "%.0f", posts * 1e9 / time }'
}

fasttext supervised -input "$folder/labelled" -output "$folder/words" -epoch 5 -thread 1 -verbose 0
fasttext supervised -input "$folder/labelled" -output "$folder/parts" -epoch 5 -thread 1 -verbose 0 -wordNgrams 2 -minn 3 -maxn 6 -bucket 200000
ours=$("$judge" speed "$folder/posts" | sed -nE 's/.* ([0-9]+) posts\/s.*/\1/p')
for kind in words parts; do
    theirs=$(rate "$folder/$kind.bin")
    awk -v ours="$ours" -v theirs="$theirs" -v kind="$kind" 'BEGIN {
        printf "judge %d posts/s; fasttext (%s) %d posts/s: %.2f times\n", ours, kind == "words" ? "words" : "words, pairs, parts of words", theirs, ours / theirs }'
done
