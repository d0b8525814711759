"""Checks of files between morula and other programs; each prints what it saw as one JSON line, or fails.

    python exchange.py geff-read <tracks.geff>               # geff validates structure and data, and reads
    python exchange.py geff-write <folder>                   # writes foreign.csv and GEFFs of zarr 2 and 3
    python exchange.py zarr <labels>                         # zarr-python reads every label
    python exchange.py ome-zarr <labels>                     # ome-zarr-py finds and reads the label image
    python exchange.py ome-zarr-models <labels>              # the label group against the specification
    python exchange.py ctcmetrics <NN_RES>                   # py-ctcmetrics validates the folder
    python exchange.py traccuracy-ctc <NN_RES>               # traccuracy loads it with its checks on
    python exchange.py traccuracy-geff <tracks.geff>         # traccuracy loads the graph
"""

import contextlib
import json
import logging
import sys
import warnings
from pathlib import Path

import numpy as np

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)


def geff_read(path):
    """Structure and data are valid; how many nodes, links and divisions."""
    import geff
    from geff.core_io import read_to_memory
    from geff.validate.data import ValidationConfig

    geff.validate_structure(path)
    read_to_memory(path, data_validation=ValidationConfig(graph=True, sphere=True, lineage=True, tracklet=True))
    graph, metadata = geff.read(path)
    assert metadata.directed, "a lineage must be directed"
    return counts(graph)


def counts(graph):
    """Nodes, links and divisions of a networkx graph."""
    forks = sum(1 for node in graph if graph.out_degree(node) > 1)
    return {"nodes": graph.number_of_nodes(), "links": graph.number_of_edges(), "divisions": forks}


def geff_write(folder):
    """A small lineage with a division and a link over two frames, as GEFF of both zarr versions and as points CSV."""
    from geff.core_io import write_arrays
    from geff_spec import Axis, GeffMetadata

    folder = Path(folder)
    folder.mkdir(parents=True)
    ids = np.array([10, 11, 12, 13, 14, 15, 16], dtype=np.uint64)
    t = np.array([0, 1, 2, 2, 3, 3, 5])
    at = {"z": np.zeros(7), "y": 4.0 * np.arange(7), "x": 3.0 * np.arange(7) % 5}
    links = np.array([[10, 11], [11, 12], [11, 13], [12, 14], [13, 15], [14, 16]], dtype=np.uint64)
    axes = [Axis(name="t", type="time")] + [Axis(name=a, type="space", unit="micrometer") for a in "zyx"]
    for version in (2, 3):
        metadata = GeffMetadata(directed=True, axes=axes, node_props_metadata={}, edge_props_metadata={})
        nodes = {"t": {"values": t, "missing": None}}
        nodes |= {name: {"values": values, "missing": None} for name, values in at.items()}
        nodes["fate"] = {"values": np.array(["a", "bb", "", "é", "e", "f", "g"]), "missing": None}
        missing = np.array([0, 1, 0, 0, 0, 0, 1], dtype=bool)
        nodes["score"] = {"values": np.linspace(0, 1, 7, dtype=np.float32), "missing": missing}
        edges = {"cost": {"values": np.linspace(1, 2, 6), "missing": None}}
        write_arrays(str(folder / f"v{version}.geff"), ids, nodes, links, edges, metadata, zarr_format=version)
    parent = dict(links[:, ::-1].tolist())
    rows = [f"{i},{f},{x},{y},0,1,{parent.get(i, -1)}" for i, f, x, y in zip(ids.tolist(), t, at["x"], at["y"])]
    (folder / "foreign.csv").write_text("\n".join(["id,t,x,y,z,radius,parent", *rows]) + "\n")
    return {}


def labels_of(stack):
    """How many labels there are in all frames, and pixels that carry one."""
    return {"labels": sum(len(np.unique(frame[frame > 0])) for frame in stack), "pixels": int(np.sum(stack > 0))}


def zarr_read(path):
    """The label array as zarr-python gives it."""
    import zarr

    return labels_of(zarr.open_group(path, mode="r")["cells/0"][:])


def ome_zarr_read(path):
    """The label image as ome-zarr-py finds it."""
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    nodes = [node for node in Reader(parse_url(str(Path(path) / "cells")))() if node.data]
    assert nodes, "no image found"
    return labels_of(np.asarray(nodes[0].data[0]))


def ome_zarr_models(path):
    """The groups as the specification's models see them."""
    import ome_zarr_models
    import zarr

    seen = [ome_zarr_models.open_ome_zarr(zarr.open_group(p, mode="r")) for p in (path, str(Path(path) / "cells"))]
    kinds = [type(found).__name__ for found in seen]
    assert "Label" in kinds[1], f"the image must be a label image, got {kinds[1]}"
    return {"kinds": " ".join(kinds)}


def ctcmetrics(path):
    """Whether the folder is valid by the challenge's rules."""
    from ctc_metrics.scripts.validate import validate_sequence

    with contextlib.redirect_stdout(sys.stderr):
        found = validate_sequence(path)
    assert found["Valid"] == 1, f"not valid: {found}"
    return {}


def traccuracy_ctc(path):
    """Masks and track file with all checks; each label of a frame is a node."""
    from traccuracy.loaders import load_ctc_data

    return counts(load_ctc_data(path, str(Path(path) / "res_track.txt")).graph)


def traccuracy_geff(path):
    """The graph alone."""
    from traccuracy.loaders import load_geff_data

    return counts(load_geff_data(path).graph)


CHECKS = {
    "geff-read": geff_read,
    "geff-write": geff_write,
    "zarr": zarr_read,
    "ome-zarr": ome_zarr_read,
    "ome-zarr-models": ome_zarr_models,
    "ctcmetrics": ctcmetrics,
    "traccuracy-ctc": traccuracy_ctc,
    "traccuracy-geff": traccuracy_geff,
}

if __name__ == "__main__":
    print(json.dumps(CHECKS[sys.argv[1]](sys.argv[2])))
