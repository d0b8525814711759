"""One network of several: means over their outputs for a frame and its three mirror images, in one ONNX graph.

  python mirror.py --model <first.onnx> --model <second.onnx> --out ../nuclei-2d-fine/model.onnx

A mirrored frame begins one pixel late, so that its grid of GRID px falls on the same pixels: mirrored pixel i is pixel
n - 2 - i, the last one is pixel 1 (reflection). Input and outputs are those of the first network; prob and the rays, each put
back where it points to, are averaged.
"""
import argparse

import numpy as np
import onnx
from onnx import helper, numpy_helper

N_RAYS = 32
BEFORE = np.iinfo(np.int64).min + 1  # the end of a slice that runs backwards to the first element
MIRRORS = [(y, x) for y in (False, True) for x in (False, True)]


class Graph:
    """Nodes and constants under construction; every method returns the name of the value that it makes."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def add(self, op, inputs, outputs=1, **attributes):
        names = [f"mirror{len(self.nodes)}_{k}" for k in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, values):
        name = f"mirror_constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, np.int64), name))
        return name

    def part(self, value, axis, start, end, step):
        return self.add("Slice", [value, *(self.constant([v]) for v in (start, end, axis, step))])

    def back(self, value, mirror, is_dist):
        """An output for a mirrored image as one for the image itself."""
        for axis in (2, 3):
            value = self.part(value, axis, -1, BEFORE, -1) if mirror[axis - 2] else value
        return self.add("Gather", [value, self.constant(rays_of(mirror))], axis=1) if is_dist and any(mirror) else value

    def mirrored(self, value, axis):
        """Backwards from the last but one, then pixel 1."""
        ends = self.part(value, axis, -2, BEFORE, -1), self.part(value, axis, 1, 2, 1)
        return self.add("Concat", list(ends), axis=axis)


def rays_of(mirror):
    """Ray of the mirrored image that points where ray k does; y is axis 2, x axis 3."""
    k = np.arange(N_RAYS)
    if mirror[0]:
        k = -k % N_RAYS
    return (N_RAYS // 2 - k) % N_RAYS if mirror[1] else k


def joined(models):
    """The model that averages `models` over MIRRORS. Each runs once for each mirror, one after the other, so that only outputs add up."""
    graph, first = Graph(), models[0].graph
    image = first.input[0]
    found = {output.name: [] for output in first.output}
    for i, model in enumerate(models):
        weights = {w.name for w in model.graph.initializer}
        for w in model.graph.initializer:
            w.name = f"n{i}_{w.name}"
            graph.constants.append(w)
        for k, mirror in enumerate(MIRRORS):
            seen = image.name
            for axis in (2, 3):
                seen = graph.mirrored(seen, axis) if mirror[axis - 2] else seen

            def named(name):
                if name == model.graph.input[0].name:
                    return seen
                return f"n{i}_{name}" if name in weights else f"n{i}_{k}_{name}"

            for node in model.graph.node:
                copy = onnx.NodeProto()
                copy.CopyFrom(node)
                copy.name = named(node.name)
                copy.input[:] = [named(name) if name else "" for name in node.input]
                copy.output[:] = [named(name) for name in node.output]
                graph.nodes.append(copy)
            for name, output in zip(found, model.graph.output):
                found[name].append(graph.back(named(output.name), mirror, name == "dist"))
    graph.nodes += [helper.make_node("Mean", values, [name]) for name, values in found.items()]
    body = helper.make_graph(graph.nodes, "mirrors", [image], list(first.output), graph.constants)
    whole = helper.make_model(body, opset_imports=models[0].opset_import, ir_version=models[0].ir_version)
    onnx.checker.check_model(whole)
    return whole


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--model", action="append", required=True)
    p.add_argument("--out", required=True)
    a = p.parse_args()
    onnx.save(joined([onnx.load(path) for path in a.model]), a.out)


if __name__ == "__main__":
    main()
