"""Makes golden.json: random lineages painted as rectangles, seeded damage, and the scores of two reference programs.

    python -m venv venv && venv/bin/pip install py-ctcmetrics==1.3.3 traccuracy==0.4.3
    venv/bin/python make.py masks 32 > masks.json
    venv/bin/python make.py points 15 > points.json
    venv/bin/python make.py kinds masks.json > kinds.json

With masks, a side is {boxes: [[t, label, row, column, height, width] ...], tracks: [[label, begin, end, parent] ...]}; later
boxes cover earlier ones. With points, it is {nodes: [[id, t, y, x, parent] ...]}, parent 0 = none. Undefined values
are null.
"""

import contextlib
import io
import json
import logging
import math
import os
import random
import sys
import tempfile
import warnings
from importlib.metadata import version

import numpy as np
import tifffile

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

CANVAS = 120
CELL = 12  # pixels of a slot; a cell stays in its slot, daughters take the slots beside it
FRAMES = 14


def grow(rng):
    """A lineage as {label: (begin, end, parent)} and boxes {(t, label): (row, column, height, width)}."""
    slots = [(r, c) for r in range(CANVAS // CELL) for c in range(CANVAS // CELL)]
    rng.shuffle(slots)
    tracks, boxes, label = {}, {}, 0
    waiting = [(0, 0) for _ in range(4)] + [(rng.randrange(1, 6), 0)]
    while waiting:
        begin, parent = waiting.pop(0)
        label += 1
        end = begin
        while end < FRAMES - 1 and rng.random() > 0.13:
            end += 1
        divides = end < FRAMES - 2 and len(slots) > 8 and rng.random() < 0.8
        tracks[label] = (begin, end, parent)
        row, column = slots.pop()
        for t in range(begin, end + 1):
            boxes[t, label] = (row * CELL + rng.randrange(3), column * CELL + rng.randrange(3), 8, 8)
        if divides:
            waiting += [(end + 1, label), (end + 1, label)]
        elif end < FRAMES - 4 and rng.random() < 0.3:
            waiting += [(end + 2, label)]  # a gap: a single child
    return tracks, boxes


def split_gaps(boxes, parents):
    """Track table of labels that may have lost frames: every run after a gap is a new label, child of the one before."""
    frames = {}
    for t, label in boxes:
        frames.setdefault(label, []).append(t)
    table, renamed, last = [], {}, {}
    fresh = max(frames, default=0) + 1
    for label in sorted(frames):
        run, name, above = [], label, None
        for t in sorted(frames[label]) + [None]:
            if run and (t is None or t != run[-1] + 1):
                table.append([name, run[0], run[-1], above])
                for at in run:
                    renamed[at, label] = name
                last[label] = (name, run[-1])
                above, name, run = name, fresh, []
                fresh += 1
            run.append(t)
        fresh = max(fresh, name + 1)
    known = {row[0]: row for row in table}
    for row in table:
        if row[3] is not None:
            continue
        parent = parents.get(row[0], 0)
        row[3] = last[parent][0] if parent in last and last[parent][1] < row[1] else 0
        assert row[3] == 0 or known[row[3]][2] < row[1]
    return {(t, renamed[t, label]): box for (t, label), box in boxes.items()}, table


def damage(rng, tracks, boxes, level, merges):
    boxes = dict(boxes)
    parents = {label: parent for label, (_, _, parent) in tracks.items()}
    for key in list(boxes):
        if rng.random() < 0.03 * level:  # drop
            del boxes[key]
    for _ in range(level):  # swap two labels from some frame on
        t = rng.randrange(1, FRAMES)
        here = [label for at, label in boxes if at == t]
        if len(here) < 2:
            continue
        a, b = rng.sample(here, 2)
        swap = {a: b, b: a}
        boxes = {(at, swap.get(label, label) if at >= t else label): box for (at, label), box in boxes.items()}
    for _ in range(merges):  # a label reaches over into another cell
        t = rng.randrange(FRAMES)
        here = [label for at, label in boxes if at == t]
        if len(here) < 2:
            continue
        a, b = rng.sample(here, 2)
        if not isinstance(boxes[t, a], list) and not isinstance(boxes[t, b], list):
            boxes[t, a] = [boxes[t, a], boxes.pop((t, b))]
    for _ in range(level):  # divisions shifted: a daughter keeps the mother's label for a frame or two
        dividing = [label for label in tracks if sum(p == label for p in parents.values()) == 2]
        if not dividing:
            continue
        mother = rng.choice(dividing)
        a, b = [label for label, p in parents.items() if p == mother]
        for t in range(tracks[a][0], tracks[a][0] + rng.randrange(1, 3)):
            if (t, a) in boxes and (t, mother) not in boxes:
                boxes[t, mother] = boxes.pop((t, a))
            boxes.pop((t, b), None)
    for _ in range(level):  # a missed division: a daughter goes on as the mother
        child = rng.choice(list(tracks))
        mother = parents[child]
        if mother and not any(t > tracks[mother][1] for t, label in boxes if label == mother):
            boxes = {(t, mother if label == child else label): box for (t, label), box in boxes.items()}
            parents = {label: 0 if p == mother else mother if p == child else p for label, p in parents.items()}
    for _ in range(level):  # debris
        boxes[rng.randrange(FRAMES), 90 + rng.randrange(9)] = (CANVAS - 3, rng.randrange(CANVAS - 3), 3, 3)
    for key, box in list(boxes.items()):  # too small, or moved by a few pixels
        if not isinstance(box, list) and rng.random() < 0.1 * level:
            row, column, height, width = box
            boxes[key] = (row, column, height - rng.randrange(5), width - rng.randrange(2))
    return boxes, parents


def side(boxes, parents):
    named, table = split_gaps(boxes, parents)
    flat = []
    for (t, label), box in sorted(named.items()):
        for one in box if isinstance(box, list) else [box]:
            flat.append([t, label, *one])
    return {"boxes": flat, "tracks": table}


def paint(one):
    masks = np.zeros((FRAMES, CANVAS, CANVAS), np.uint16)
    for t, label, row, column, height, width in one["boxes"]:
        masks[t, row : row + height, column : column + width] = label
    return masks


def write(folder, one, mask_name, table_name):
    os.makedirs(folder)
    for t, mask in enumerate(paint(one)):
        tifffile.imwrite(os.path.join(folder, f"{mask_name}{t:03d}.tif"), mask)
    if table_name:
        with open(os.path.join(folder, table_name), "w") as file:
            file.writelines(" ".join(map(str, row)) + "\n" for row in one["tracks"])


def clean(value):
    value = float(value) if value is not None else None
    return None if value is None or math.isnan(value) else round(value, 9)


def ctc(root, metrics):
    from ctc_metrics.scripts.evaluate import evaluate_sequence

    with contextlib.redirect_stdout(io.StringIO()):
        found = evaluate_sequence(f"{root}/01_RES", f"{root}/01_GT", metrics, threads=1)
    if found["Valid"] != 1:
        return None
    names = "DET SEG TRA LNK AOGM CT TF CCA OP_CSB OP_CTB CHOTA HOTA MOTA IDF1 IDSW".split()
    scores = {name: clean(found[name]) for name in names}
    scores["MULTI"] = clean(found["MULTI-ASSIGNMENTS"])
    scores["counts"] = {name: int(found[f"AOGM_{name}"]) for name in ("NS", "FN", "FP", "ED", "EA", "EC")}
    for ours, theirs in (("BC", "BC"), ("BIO_i", "BIO"), ("OP_CLB_i", "OP_CLB")):
        scores[ours] = [clean(found[f"{theirs}({i})"]) for i in range(4)]
    return scores


def divisions(root):
    from traccuracy import run_metrics
    from traccuracy.loaders import load_ctc_data
    from traccuracy.matchers import CTCMatcher
    from traccuracy.metrics import DivisionMetrics

    gt = load_ctc_data(f"{root}/01_GT/TRA", f"{root}/01_GT/TRA/man_track.txt", run_checks=False)
    pred = load_ctc_data(f"{root}/01_RES", f"{root}/01_RES/res_track.txt", run_checks=False)
    try:
        found, _ = run_metrics(gt, pred, CTCMatcher(), [DivisionMetrics(max_frame_buffer=3)])
    except (TypeError, ValueError):
        return None  # a result node that covers two truth nodes
    return by_tolerance(found[0]["results"])


def by_tolerance(results):
    by_buffer = [results[f"Frame Buffer {i}"] for i in range(4)]
    return {
        ours: [clean(buffer[f"Division {theirs}"]) for buffer in by_buffer]
        for ours, theirs in (("precision", "Precision"), ("recall", "Recall"), ("f1", "F1"))
    }


def points(rng, boxes, parents, jitter):
    """Nodes of a side: centres of its boxes, moved by a normal deviate; a parent is the row before in the same track."""
    named, table = split_gaps(boxes, parents)
    number = {key: i + 1 for i, key in enumerate(sorted(named))}
    end = {row[0]: row[2] for row in table}
    parent = {row[0]: row[3] for row in table}
    nodes = []
    for (t, label), (row, column, height, width) in sorted(named.items()):
        y, x = (round(at + size / 2 + rng.gauss(0, 1) * jitter, 3) for at, size in ((row, height), (column, width)))
        above = number.get((t - 1, label)) or (number[end[parent[label]], parent[label]] if parent[label] else 0)
        nodes.append([number[t, label], t, y, x, above])
    return {"nodes": nodes}


def point_scores(truth, result, distance):
    import networkx
    from traccuracy import TrackingGraph, run_metrics
    from traccuracy.matchers import PointMatcher
    from traccuracy.metrics import CHOTAMetric, CTCMetrics, DivisionMetrics

    def graph(side):
        made = networkx.DiGraph()
        for number, t, y, x, _ in side["nodes"]:
            made.add_node(number, t=t, y=y, x=x)
        made.add_edges_from((above, number) for number, _, _, _, above in side["nodes"] if above)
        return TrackingGraph(made, frame_key="t", location_keys=("y", "x"))

    metrics = [CTCMetrics(), CHOTAMetric(), DivisionMetrics(max_frame_buffer=3)]
    found, _ = run_metrics(graph(truth), graph(result), PointMatcher(distance), metrics)
    basic, chota, divided = (one["results"] for one in found)
    scores = graph_scores(basic)
    scores["CHOTA"] = clean(chota["CHOTA"])
    scores["divisions"] = by_tolerance(divided)
    return scores


def graph_scores(found):
    """What traccuracy counts on the graph, by our names."""
    scores = {name: clean(found[name]) for name in ("DET", "LNK", "TRA", "AOGM")}
    names = {"NS": "ns_nodes", "FN": "fn_nodes", "FP": "fp_nodes", "ED": "fp_edges", "EA": "fn_edges", "EC": "ws_edges"}
    scores["counts"] = {ours: int(found[theirs]) for ours, theirs in names.items()}
    return scores


def kinds(path):
    """What traccuracy counts on the graphs of cases that are made already, but those where objects are merged."""
    from traccuracy import run_metrics
    from traccuracy.loaders import load_ctc_data
    from traccuracy.matchers import CTCMatcher
    from traccuracy.metrics import CTCMetrics

    with open(path) as file:
        cases = json.load(file)["cases"]
    lines = []
    for case in cases:
        if case["divisions"] is None:
            continue
        with tempfile.TemporaryDirectory() as root:
            write(f"{root}/GT", case["truth"], "man_track", "man_track.txt")
            write(f"{root}/RES", case["result"], "mask", "res_track.txt")
            sides = [
                load_ctc_data(folder, f"{folder}/{table}", run_checks=False)
                for folder, table in ((f"{root}/GT", "man_track.txt"), (f"{root}/RES", "res_track.txt"))
            ]
            found, _ = run_metrics(*sides, CTCMatcher(), [CTCMetrics()])
        lines.append(json.dumps({"seed": case["seed"], "scores": graph_scores(found[0]["results"])}))
    joined = ",\n".join(lines)
    print(f'{{"versions":{{"traccuracy":"{version("traccuracy")}"}},"cases":[\n{joined}\n]}}')


def mask_case(seed, rng, tracks, boxes):
    truth = side(boxes, {label: parent for label, (_, _, parent) in tracks.items()})
    result = side(*damage(rng, tracks, boxes, seed % 4, seed % 4 if seed % 8 < 4 else 0))
    with tempfile.TemporaryDirectory() as root:
        write(f"{root}/01_GT/TRA", truth, "man_track", "man_track.txt")
        write(f"{root}/01_GT/SEG", truth, "man_seg", None)
        write(f"{root}/01_RES", result, "mask", "res_track.txt")
        metrics = "Valid CHOTA BC CT CCA TF SEG TRA DET MOTA HOTA IDF1 LNK BIO OP_CTB OP_CSB OP_CLB"
        scores = ctc(root, metrics.split())
        if scores is None:  # the damage broke a rule of the format
            return None
        return {"seed": seed, "truth": truth, "result": result, "scores": scores, "divisions": divisions(root)}


def point_case(seed, rng, tracks, boxes):
    truth = points(rng, boxes, {label: parent for label, (_, _, parent) in tracks.items()}, 0)
    result = points(rng, *damage(rng, tracks, boxes, 1 + seed % 3, 0), 4)
    distance = 4 + seed % 5 * 4
    return {"seed": seed, "distance": distance, "truth": truth, "result": result, "scores": point_scores(truth, result, distance)}


def main():
    if sys.argv[1] == "kinds":
        return kinds(sys.argv[2])
    kind, number = sys.argv[1], int(sys.argv[2])
    cases = []
    for seed in range(number):
        rng = random.Random(seed)
        case = (mask_case if kind == "masks" else point_case)(seed, rng, *grow(rng))
        cases += [case] if case else []
    made = {name: version(name) for name in ("py-ctcmetrics", "traccuracy")}
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    print(f'{{"versions":{json.dumps(made)},"size":{CANVAS},"nFrames":{FRAMES},"cases":[\n{lines}\n]}}')


main()
