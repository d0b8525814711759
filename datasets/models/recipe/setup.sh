#!/bin/sh
# Makes the scratch environment of this recipe: sh setup.sh <scratch folder>
# Python 3.11. The packages come from whatever index pip is configured for.
set -eu
scratch=${1:?usage: setup.sh <scratch folder>}
mkdir -p "$scratch"
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install \
  torch==2.8.0 numpy==1.26.4 scipy==1.17.1 numba==0.68.1 stardist==0.9.2 opencv-python-headless==4.10.0.84 \
  onnx==1.23.2 onnxruntime==1.31.1 numcodecs==0.13.1
