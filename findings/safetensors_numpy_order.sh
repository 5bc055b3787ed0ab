#!/usr/bin/env bash
# safetensors 0.8.0 writes NumPy arrays as they lie in memory: a transposed array comes back with its values in other places.
#
# Shape and type are right, and there is no error. Its writer for PyTorch refuses such arrays; the one for NumPy, since 0.8, does not
# look. Nobody needs to have transposed anything: svd, qr and eigh of scipy.linalg return arrays in Fortran order, and loadmat of
# scipy.io reads them so.
#
# Whom it hurts: who saves embeddings, projections or weights that SciPy computed; nothing tells before results are poor.
# What to do instead: save numpy.ascontiguousarray(array).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet safetensors==0.8.0 numpy==2.4.6

"$folder/venv/bin/python" - <<'EOF'
import sys

import numpy as np
import safetensors
from safetensors.numpy import load, save

array = np.asfortranarray([[1, 2, 3], [4, 5, 6]])
seen = load(save({"array": array}))["array"].tolist()
copied = load(save({"array": np.ascontiguousarray(array)}))["array"].tolist()

print("safetensors", safetensors.__version__)
print("expected:", array.tolist())
print("seen:    ", seen)
print("seen:    ", copied, "after ascontiguousarray")
sys.exit(0 if seen == [[1, 4, 2], [5, 3, 6]] and copied == array.tolist() else "This has changed.")
EOF
