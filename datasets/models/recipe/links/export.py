"""Write a check-point as ONNX (opset 17): features in, log odds out, the names of the features in metadata_props.

  python export.py --checkpoint <scratch>/scorer/all/last.pt --table <scratch>/table --out ../../links/model.onnx
"""
import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from evaluate import restore
from network import BOUND, REACH


def judge(name, net):
    """Nodes and weights of one of the two: see network.Judge."""
    weights = {"mean": net.mean, "sd": net.sd, "w0": net.body[0].weight.T, "b0": net.body[0].bias, "w1": net.body[2].weight.T,
               "b1": net.body[2].bias, "w2": net.head.weight.T, "b2": net.head.bias, "low": torch.tensor(-REACH),
               "high": torch.tensor(REACH), "bound": torch.tensor(BOUND), "axis": torch.tensor([1]), "first": torch.tensor(0)}
    weights = [numpy_helper.from_array(np.array(v.detach().numpy(), order="C"), f"{name}.{k}") for k, v in weights.items()]
    at = lambda k: f"{name}.{k}"
    steps = [("Sub", [f"{name}_feats", at("mean")], "centred"), ("Div", [at("centred"), at("sd")], "scaled"),
             ("Clip", [at("scaled"), at("low"), at("high")], "seen")]
    x = "seen"
    for i in (0, 1):
        steps += [("MatMul", [at(x), at(f"w{i}")], f"m{i}"), ("Add", [at(f"m{i}"), at(f"b{i}")], f"a{i}"),
                  ("Sigmoid", [at(f"a{i}")], f"s{i}"), ("Mul", [at(f"a{i}"), at(f"s{i}")], f"h{i}")]
        x = f"h{i}"
    steps += [("MatMul", [at(x), at("w2")], "m2"), ("Add", [at("m2"), at("b2")], "a2"), ("Squeeze", [at("a2"), at("axis")], "said"),
              ("Div", [at("said"), at("bound")], "part"), ("Tanh", [at("part")], "bent"), ("Mul", [at("bent"), at("bound")], "correction")]
    nodes = [helper.make_node(op, inputs, [at(output)]) for op, inputs, output in steps]
    nodes += [helper.make_node("Gather", [f"{name}_feats", at("first")], [at("fitted")], axis=1),
              helper.make_node("Add", [at("fitted"), at("correction")], [f"{name}_logit"])]
    return nodes, weights


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--checkpoint", required=True)
    p.add_argument("--table", required=True, type=Path)
    p.add_argument("--out", required=True)
    a = p.parse_args()
    net = restore(a.checkpoint)
    about = json.loads(next(iter(sorted(a.table.glob("*.json")))).read_text())
    nodes, weights, inputs, outputs = [], [], [], []
    for name, part in (("edge", net.edge), ("pair", net.pair)):
        n, w = judge(name, part)
        nodes, weights = nodes + n, weights + w
        inputs.append(helper.make_tensor_value_info(f"{name}_feats", TensorProto.FLOAT, [f"{name}s", len(part.mean)]))
        outputs.append(helper.make_tensor_value_info(f"{name}_logit", TensorProto.FLOAT, [f"{name}s"]))
    model = helper.make_model(helper.make_graph(nodes, "link-scorer", inputs, outputs, weights),
                              opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="morula")
    said = {"edge_features": ",".join(about["edgeNames"]), "pair_features": ",".join(about["pairNames"])}
    for name, part in (("edge", net.edge), ("pair", net.pair)):
        said[f"{name}_mean"] = ",".join(f"{v:.6g}" for v in part.mean.tolist())
        said[f"{name}_sd"] = ",".join(f"{v:.6g}" for v in part.sd.tolist())
    helper.set_model_props(model, said)
    onnx.checker.check_model(model)
    Path(a.out).parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, a.out)
    session = onnxruntime.InferenceSession(a.out, providers=["CPUExecutionProvider"])
    worst = 0.0
    for n, m in ((100, 70), (1, 0)):
        edge, pair = torch.randn(n, len(net.edge.mean)) * 3, torch.randn(m, len(net.pair.mean)) * 3
        found = session.run(None, {"edge_feats": edge.numpy(), "pair_feats": pair.numpy()})
        with torch.no_grad():
            for x, y in zip(found, net(edge, pair)):
                worst = max([worst, *np.abs(x - y.numpy()).tolist()])
    assert worst < 1e-4, worst
    print(f"{a.out}: {Path(a.out).stat().st_size} bytes, differs from PyTorch by {worst:.1e} at most")


if __name__ == "__main__":
    main()
