"""Links given masks with ultrack and writes its tracks as a Cell Tracking Challenge folder.

    python ultrack.py <folder of man_track*.tif> <folder to write> <reach, pixels>

Every object is one hypothesis; `begin` and `end` frame what is linking. Settings are ultrack's defaults but for sizes,
which would drop small cells, the reach and the solver, CBC, which needs no licence.
"""

import sys
import tempfile
from pathlib import Path

# This folder comes first on the path, and this file has the package's name.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]

import numpy as np
import tifffile
from ultrack import MainConfig, track
from ultrack.core.export.ctc import to_ctc


def main(folder, out, reach):
    """Links one movie."""
    labels = np.stack([tifffile.imread(path) for path in sorted(Path(folder).glob("*.tif"))]).astype(np.int32)
    sizes = np.concatenate([np.bincount(frame.ravel())[1:] for frame in labels])
    with tempfile.TemporaryDirectory() as work:
        config = MainConfig()
        config.data_config.working_dir = Path(work)
        config.segmentation_config.min_area = int(max(8, 0.3 * np.median(sizes[sizes > 0])))
        config.segmentation_config.max_area = int(2 * sizes.max())
        config.linking_config.max_distance = float(reach)
        config.tracking_config.solver_name = "CBC"
        print("begin", flush=True)
        track(config, labels=labels, overwrite=True)
        print("end", flush=True)
        to_ctc(Path(out), config, overwrite=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
