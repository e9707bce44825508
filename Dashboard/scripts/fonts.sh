#!/usr/bin/env bash
# Cuts JetBrains Mono down to the characters the dashboard shows, as woff2 in src/fonts. Does nothing when they are there.
# Names 13 and 14 are the licence, which the font has to carry (OFL 1.1, condition 2).
set -euo pipefail
cd "$(dirname "$0")/.."

# Debian's own Python has fontTools and brotli; another python3 on the PATH need not.
readonly python=/usr/bin/python3
readonly source_dir=/usr/share/fonts/truetype/jetbrains-mono
readonly characters='U+0020-007E,U+00A0-00FF,U+2010-2026,U+2190-2193,U+21B5,U+2318,U+2500-259F,U+25A0-25CF,U+2713,U+2717'

mkdir -p src/fonts
for weight in Regular Bold; do
    target="src/fonts/jetbrains-mono-${weight,,}.woff2"
    if [ -s "$target" ] && [ "$target" -nt scripts/fonts.sh ]; then continue; fi
    "$python" -m fontTools.subset "$source_dir/JetBrainsMono-$weight.ttf" --unicodes="$characters" \
        --layout-features='kern,calt,zero' --name-IDs='0,1,2,3,4,5,6,13,14' --flavor=woff2 --output-file="$target"
done
