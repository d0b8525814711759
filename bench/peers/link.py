"""Links given detections with another program and writes its tracks as points CSV.

    python link.py <program> <points.csv> <tracks.csv> [settings as JSON]
    python link.py tune <program> <points.csv>

The points are `id,t,x,y,z,radius,parent`; parents are ignored except by `tune`, which tries a grid of settings on a
window of the movie against its true parents and prints the best ones as JSON: what somebody with the truth in hand
could reach, which is more than a user can.

Lengths in settings are multiples of the spacing: the median distance of a detection to the nearest one in its frame.
"""

import itertools
import json
import sys

import numpy as np
from scipy.spatial import cKDTree

WINDOW = 2000


class Points:
    """Detections sorted by frame: `t` (count), `at` (count x 2 or 3), `rows` of each frame, `spacing`."""

    def __init__(self, path):
        table = np.genfromtxt(path, delimiter=",", names=True)
        table = table[np.lexsort((table["id"], table["t"]))]
        self.ids = table["id"].astype(np.int64)
        axes = ["x", "y", "z"] if np.any(table["z"] != 0) else ["x", "y"]
        row_of = {node: row for row, node in enumerate(self.ids.tolist())}
        true = [row_of.get(node, -1) for node in table["parent"].astype(np.int64).tolist()]
        self._fill(table["t"].astype(np.int64), np.stack([table[a] for a in axes], 1), np.array(true))

    def _fill(self, t, at, true):
        self.t, self.at, self.true = t, at, true
        self.rows = [np.flatnonzero(t == frame) for frame in range(int(t.max()) + 1)]
        near = [cKDTree(at[rows]).query(at[rows], 2)[0][:, 1] for rows in self.rows if len(rows) > 1]
        self.spacing = float(np.median(np.concatenate(near)))

    def window(self, size):
        """About `size` detections of whole frames from the middle of the movie, at least four frames."""
        middle = len(self.rows) // 2
        first = last = middle
        while last - first < 4 or sum(map(len, self.rows[first:last])) < size:
            if first == 0 and last == len(self.rows):
                break
            first, last = max(0, first - 1), min(len(self.rows), last + 1)
        keep = (self.t >= first) & (self.t < last)
        new = np.cumsum(keep) - 1
        old = self.true[keep]
        part = object.__new__(Points)
        inside = (old >= 0) & keep[old]
        part._fill(self.t[keep] - first, self.at[keep], np.where(inside, new[old], -1))
        part.spacing = self.spacing
        return part


def from_tracklets(count, tracklets, parents):
    """Parent row of each row, from tracklets (rows in order of time) and the parent tracklet of some."""
    parent = np.full(count, -1)
    for rows in tracklets.values():
        parent[rows[1:]] = rows[:-1]
    for child, above in parents.items():
        if above in tracklets and child in tracklets:
            parent[tracklets[child][0]] = tracklets[above][-1]
    return parent


def laptrack(points, link=None, split=None, gap=None, frames=2):
    """laptrack; without lengths the defaults of its documentation (15 in the units of the data, splitting as well)."""
    from laptrack import LapTrack

    def square(length):
        return 15.0**2 if length is None else (length * points.spacing) ** 2

    tracker = LapTrack(
        cutoff=square(link),
        splitting_cutoff=square(split),
        gap_closing_cutoff=square(gap) if frames else False,
        gap_closing_max_frame_count=frames,
    )
    tree = tracker.predict([points.at[rows] for rows in points.rows])
    parent = np.full(len(points.t), -1)
    for (frame, index), (after, target) in tree.edges():
        parent[points.rows[after][target]] = points.rows[frame][index]
    return parent


def trackpy(points, link=1.2, memory=1):
    """trackpy: nearest positions, no divisions."""
    import pandas
    import trackpy as tp

    tp.quiet()
    names = ["x", "y", "z"][: points.at.shape[1]]
    table = pandas.DataFrame(points.at, columns=names).assign(frame=points.t)
    reach = link * points.spacing
    found = tp.link(table, reach, pos_columns=names, memory=memory, adaptive_stop=reach / 10, adaptive_step=0.9)
    tracklets = {k: g.sort_values("frame").index.to_numpy() for k, g in found.groupby("particle")}
    return from_tracklets(len(points.t), tracklets, {})


def btrack(points, scale=30.0, reach=50.0):
    """btrack with the numbers of its `cell_config`; these are pixels of cells some 30 apart, so points are scaled so."""
    import btrack as bt
    from btrack.config import TrackerConfig
    from btrack.constants import BayesianUpdates
    from btrack.models import HypothesisModel, MotionModel

    steady = np.eye(6) + np.eye(6, k=3)
    motion = MotionModel(
        name="cell_motion", measurements=3, states=6, dt=1.0, accuracy=7.5, prob_not_assign=0.1, max_lost=5,
        A=steady, H=np.eye(3, 6), P=150.0 * np.diag([0.1, 0.1, 0.1, 1, 1, 1]),
        G=15.0 * np.array([[0.5, 0.5, 0.5, 1, 1, 1]]), R=5.0 * np.eye(3),
    )  # fmt: skip
    chances = HypothesisModel(
        name="cell_hypothesis", hypotheses=["P_FP", "P_init", "P_term", "P_link", "P_branch", "P_dead"],
        lambda_time=5.0, lambda_dist=3.0, lambda_link=10.0, lambda_branch=50.0, eta=1e-10, theta_dist=20.0,
        theta_time=5.0, dist_thresh=40.0, time_thresh=2.0, apop_thresh=5, segmentation_miss_rate=0.1,
        apoptosis_rate=0.001, relax=True,
    )  # fmt: skip
    at = np.zeros((len(points.t), 3))
    at[:, : points.at.shape[1]] = points.at * (scale / points.spacing)
    table = {"ID": np.arange(len(at)), "t": points.t, "x": at[:, 0], "y": at[:, 1], "z": at[:, 2]}
    crowded = max(map(len, points.rows)) > 1000
    config = TrackerConfig(motion_model=motion, hypothesis_model=chances, max_search_radius=reach)
    config.update_method = BayesianUpdates.APPROXIMATE if crowded else BayesianUpdates.EXACT
    with bt.BayesianTracker() as tracker:
        tracker.configure(config)
        tracker.append(bt.io.objects_from_dict(table))
        tracker.volume = tuple((float(lo) - 1, float(hi) + 1) for lo, hi in zip(at.min(0), at.max(0)))
        tracker.track(step_size=100)
        if not tracker.optimize():
            print("note tracklets only: its integer program ended without a proven optimum (GLPK's limit is 60 s)")
        refs = {track.ID: [ref for ref in row if ref >= 0] for track, row in zip(tracker.tracks, tracker.refs)}
        above = {track.ID: track.parent for track in tracker.tracks if track.parent != track.ID}
    return from_tracklets(len(points.t), {k: np.array(rows) for k, rows in refs.items() if rows}, above)


def motile(points, reach=1.5, start=1.0, split=0.8, near=5):
    """motile, all detections kept: costs of distance, appearing, disappearing and splitting; SCIP solves."""
    import motile as mt
    import motile.constraints
    import motile.costs
    import networkx as nx

    graph = nx.DiGraph()
    for row, (t, at) in enumerate(zip(points.t.tolist(), (points.at / points.spacing).tolist())):
        graph.add_node(row, t=t, at=at, x=at[0], y=at[1], z=at[2] if len(at) > 2 else 0.0)
    for before, after in zip(points.rows, points.rows[1:]):
        if len(before) == 0 or len(after) == 0:
            continue
        found = cKDTree(points.at[after]).query(points.at[before], near, distance_upper_bound=reach * points.spacing)[1]
        for row, targets in zip(before.tolist(), found):
            graph.add_edges_from((row, int(after[k])) for k in targets if k < len(after))
    solver = mt.Solver(mt.TrackGraph(graph, frame_attribute="t"))
    solver.add_constraint(mt.constraints.MaxParents(1))
    solver.add_constraint(mt.constraints.MaxChildren(2))
    solver.add_cost(mt.costs.NodeSelectedCost(constant=-1000.0))
    solver.add_cost(mt.costs.EdgeDistanceCost(position_attribute=("x", "y", "z"), weight=1.0))
    solver.add_cost(mt.costs.NodeAppearCost(constant=start))
    solver.add_cost(mt.costs.NodeDisappearCost(constant=start))
    solver.add_cost(mt.costs.NodeSplitCost(constant=split))
    solver.solve()
    parent = np.full(len(points.t), -1)
    for source, target in solver.get_selected_subgraph().edges:
        parent[target] = source
    return parent


PROGRAMS = {"laptrack": laptrack, "trackpy": trackpy, "btrack": btrack, "motile": motile}

GRIDS = {
    "laptrack": {"link": [0.6, 1.0, 1.6], "split": [0.6, 1.2], "gap": [0.9], "frames": [0, 2]},
}


def quality(points, parent):
    """LNK plus the F1 of divisions found in their frame with both daughters."""

    def forks(parents):
        kids = {}
        for child, above in enumerate(parents.tolist()):
            if above >= 0:
                kids.setdefault(above, []).append(child)
        return {(above, *pair) for above, pair in kids.items() if len(pair) > 1}

    links, right = np.sum(points.true >= 0), np.sum((points.true >= 0) & (points.true == parent))
    lnk = 1 - (1.5 * (links - right) + np.sum(parent >= 0) - right) / (1.5 * links)
    want, got = forks(points.true), forks(parent)
    return lnk + 2 * len(want & got) / max(1, len(want) + len(got))


def tune(name, path):
    """Prints the settings of the grid that are best on a window of the movie."""
    part = Points(path).window(WINDOW)
    grid = GRIDS[name]
    tried = [dict(zip(grid, values)) for values in itertools.product(*grid.values())]
    print(json.dumps(max(tried, key=lambda settings: quality(part, PROGRAMS[name](part, **settings)))))


def main(name, path, out, settings="{}"):
    """Links one movie; `begin` and `end` frame what is linking, without reading and writing."""
    points = Points(path)
    print("begin", flush=True)
    parent = PROGRAMS[name](points, **json.loads(settings))
    print("end", flush=True)
    ids = np.append(points.ids, -1)
    at = np.zeros((len(points.t), 3))
    at[:, : points.at.shape[1]] = points.at
    table = [points.ids, points.t, *at.T, np.ones(len(at)), ids[parent]]
    form = ["%d", "%d", "%.17g", "%.17g", "%.17g", "%g", "%d"]
    np.savetxt(out, np.column_stack(table), form, ",", header="id,t,x,y,z,radius,parent", comments="")


if __name__ == "__main__":
    (tune if sys.argv[1] == "tune" else main)(*sys.argv[2 if sys.argv[1] == "tune" else 1 :])
