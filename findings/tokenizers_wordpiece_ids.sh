#!/usr/bin/env bash
# tokenizers 0.23.3 trains a WordPiece vocabulary whose ids change from process to process, with the same texts and settings.
#
# The pieces are the same, but single letters inside words ("##a") are numbered in an order that is drawn anew in each process, so
# every id behind the first letters may differ. BPE without a prefix or suffix gives the same ids each time. No seed can be set.
#
# Whom it hurts: who trains the tokenizer once for the model and once more where the model is used, compares checksums of
# runs, or lets each process of a cluster train its own; a model then reads other words than were written.
# What to do instead: train once, keep tokenizer.json beside the model, and load it everywhere.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet tokenizers==0.23.3

"$folder/venv/bin/python" - <<'EOF'
import json
import subprocess
import sys

import tokenizers

TRAIN = """
import json
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
for model, trainer in (
    (models.WordPiece(unk_token="?"), trainers.WordPieceTrainer(vocab_size=60, special_tokens=["?"], show_progress=False)),
    (models.BPE(), trainers.BpeTrainer(vocab_size=60, show_progress=False)),
):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(["the cat sat on the mat", "the dog ate the cat", "a bird sang in the tree"], trainer)
    print(json.dumps(tokenizer.get_vocab(), sort_keys=True))
"""
runs = [subprocess.check_output([sys.executable, "-c", TRAIN], text=True).splitlines() for _ in range(5)]
wordpiece, bpe = ([json.loads(run[model]) for run in runs] for model in (0, 1))
ids = [[vocabulary[piece] for piece in ("##a", "##o", "##t")] for vocabulary in wordpiece]

print("tokenizers", tokenizers.__version__)
print("expected: five processes, one vocabulary")
print("seen:     ids of ##a, ##o, ##t with WordPiece:", ids)
print("seen:     BPE:", "the same five times" if all(vocabulary == bpe[0] for vocabulary in bpe) else "different")
same_pieces = all(vocabulary.keys() == wordpiece[0].keys() for vocabulary in wordpiece)
same_ids = all(vocabulary == wordpiece[0] for vocabulary in wordpiece)
sys.exit(0 if same_pieces and not same_ids and all(vocabulary == bpe[0] for vocabulary in bpe) else "This has changed.")
EOF
