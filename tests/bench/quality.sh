#!/usr/bin/env bash
# quality.sh BUILD DATA: measures matching and judging on the labelled sets in DATA and prints a table (Markdown) of
# what was to be reached and what was. Sets that are absent leave a line out. BUILD is a build folder with judge_bench
# and match_bench. Lines «name value» of everything measured go to stderr.
set -euo pipefail
build=$1 data=$2
measured=$(mktemp)
trap 'rm -f "$measured"' EXIT

{
    "$build/tests/judge_bench" measure "$data"
    [ ! -d "$data/world" ] || "$build/tests/match_bench" world "$data/world" --half | grep -v '^#'
    [ ! -f "$data/febrl4/febrl4.tsv" ] || "$build/tests/match_bench" febrl4 "$data/febrl4/febrl4.tsv" | grep -v '^#'
} | tee "$measured" >&2

# name | what | what a simple method gets | to reach (> at least, < at most)
table='posts.complaint_macro_f1.pl|complaint macro-F1, made-up posts, Polish|0.82|>0.90
posts.complaint_macro_f1.en|the same, English|0.82|>0.90
posts.repeat_contact_f1.all|repeat contact F1 on the same|0.54|>0.85
posts.stated_count_exact|stated count exact|-|>0.90
posts.channels_exact|channels exact set|-|>0.80
posts.threat_micro_f1|threat micro-F1|-|>0.85
posts.broken_promise_f1|broken promise F1|-|>0.75
posts.topic_accuracy|topic accuracy|-|>0.75
repeat_contact_en.f1|repeat contact F1 on repeat_contact_en|0.50|>0.65
complaints_en.shipped_macro_f1|complaint macro-F1 on complaints_en, as shipped|0.59|>0.78
complaints_en.trained_macro_f1|the same after larum train (four folds)|0.84|>0.87
airline_en.auc|negative or not on airline_en, as shipped, AUC|0.64|>0.82
ordinary_pl.complaint|ordinary Polish posts called complaint|0.36 to 0.48|<0.04
ordinary_pl.repeat_contact|ordinary Polish posts called repeat contact|0.002 to 0.011|<0.001
world.customer_f1|who wrote it: F1 of the own decision|0.49|>0.86
world.sure_precision|who wrote it at 0.9: precision|-|>0.985
world.sure_recall|who wrote it at 0.9: recall|-|>0.70
world.namesakes_taken|namesakes taken for a customer at 0.9|0.45|<0.03
world.calibration_error|calibration error of identity|-|<0.03
posts.complaint_calibration_error|calibration error of complaint|-|<0.03
world.case_right|right case, given the right customer|-|>0.95
world.urgent_precision|urgent: precision|0.90|>0.93
world.urgent_recall|urgent: recall|0.15|>0.88
febrl4.f1|febrl4, name and suburb, a fifth removed: F1|0.882|>0.92
febrl4.recall_at_99|the same: recall at 99 % precision|0.742|>0.82
sparse.sure_precision|precision at 0.9 where 3 % have a case and 30 % show no name|-|-
sparse.sure_recall|recall there|-|-
noisy.sure_precision|precision at 0.9 on a noisier world|-|-
noisy.sure_recall|recall there|-|-
world.sure_precision_polish|precision at 0.9, Polish-looking names|-|-
world.sure_precision_foreign|precision at 0.9, foreign-looking names|-|-'

echo '| what | simple method | to reach | reached | |'
echo '| --- | --- | --- | --- | --- |'
printf '%s\n' "$table" | awk -F'|' -v file="$measured" '
    BEGIN { while ((getline line < file) > 0) { split(line, part, " "); value[part[1]] = part[2] } }
    ($1 in value) {
        bound = substr($4, 2) + 0; reached = value[$1]
        met = $4 == "-" ? "" : substr($4, 1, 1) == ">" ? (reached >= bound ? "met" : "missed") : (reached <= bound ? "met" : "missed")
        printf "| %s | %s | %s | %.3f | %s |\n", $2, $3, $4 == "-" ? "-" : (substr($4, 1, 1) == ">" ? "≥ " : "≤ ") substr($4, 2), reached, met
    }'
