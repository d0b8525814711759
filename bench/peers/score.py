"""Scores a result against a truth with another program and prints its measures as one JSON line, by our names.

    python score.py ctcmetrics <NN_GT folder> <NN_RES folder>
    python score.py traccuracy <NN_GT folder> <NN_RES folder>
    python score.py traccuracy <truth.csv> <result.csv> <match distance>
"""

import contextlib
import json
import logging
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

CTC = "Valid DET SEG TRA LNK CT TF BC CCA BIO OP_CSB OP_CTB OP_CLB CHOTA HOTA MOTA IDF1"


def ctcmetrics(truth, result):
    """Every measure of py-ctcmetrics."""
    from ctc_metrics.scripts.evaluate import evaluate_sequence

    with contextlib.redirect_stdout(sys.stderr):
        found = evaluate_sequence(result, truth, CTC.split(), threads=2)
    names = [*"DET SEG TRA LNK CT TF CCA OP_CSB OP_CTB CHOTA HOTA MOTA IDF1".split()]
    scores = {name: found[name] for name in names} | {"AOGM": found["AOGM"]}
    scores |= {f"counts.{kind}": found[f"AOGM_{kind}"] for kind in "NS FN FP ED EA EC".split()}
    for i in range(4):
        scores |= {f"BC.{i}": found[f"BC({i})"], f"BIO_i.{i}": found[f"BIO({i})"], f"OP_CLB_i.{i}": found[f"OP_CLB({i})"]}
    return scores


def graph(path):
    """A points CSV as a graph of traccuracy; links may span frames."""
    import networkx as nx
    import pandas
    from traccuracy import TrackingGraph

    table = pandas.read_csv(path)
    points = nx.DiGraph()
    rows = zip(*(table[name].tolist() for name in ("id", "t", "z", "y", "x")))
    points.add_nodes_from((node, {"t": t, "z": z, "y": y, "x": x}) for node, t, z, y, x in rows)
    points.add_edges_from((a, b) for a, b in zip(table["parent"].tolist(), table["id"].tolist()) if a != -1)
    return TrackingGraph(points, frame_key="t", location_keys=("z", "y", "x"))


def traccuracy(truth, result, distance=None):
    """The measures that traccuracy shares with us."""
    from traccuracy import run_metrics
    from traccuracy.loaders import load_ctc_data
    from traccuracy.matchers import CTCMatcher, PointMatcher
    from traccuracy.metrics import CHOTAMetric, CTCMetrics, DivisionMetrics

    if distance is None:
        matcher = CTCMatcher()
        folder = Path(truth) / "TRA"
        sides = [load_ctc_data(str(folder), str(folder / "man_track.txt"), run_checks=False)]
        sides.append(load_ctc_data(result, str(Path(result) / "res_track.txt"), run_checks=False))
    else:
        matcher = PointMatcher(float(distance))
        sides = [graph(truth), graph(result)]
    metrics = [CTCMetrics(), DivisionMetrics(max_frame_buffer=3), CHOTAMetric()]
    found, _ = run_metrics(*sides, matcher, metrics)
    basic, divisions, chota = (metric["results"] for metric in found)
    scores = {name: basic[name] for name in ("DET", "TRA", "LNK", "AOGM")} | {"CHOTA": chota["CHOTA"]}
    ours = {"NS": "ns_nodes", "FN": "fn_nodes", "FP": "fp_nodes", "ED": "fp_edges", "EA": "fn_edges", "EC": "ws_edges"}
    scores |= {f"counts.{name}": basic[key] for name, key in ours.items()}
    for i in range(4):
        frame = divisions[f"Frame Buffer {i}"]
        for name in ("precision", "recall", "f1"):
            key = "F1" if name == "f1" else name.capitalize()
            scores[f"divisions.{name}.{i}"] = frame[f"Division {key}"]
    return scores


def number(value):
    """A plain number, None where it is undefined."""
    return None if value is None or value != value else float(value)


def main(program, *paths):
    """Runs one of the programs above."""
    scores = {"ctcmetrics": ctcmetrics, "traccuracy": traccuracy}[program](*paths)
    print(json.dumps({name: number(value) for name, value in scores.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
