"""Other programs read our files and write them again; each check prints what it saw as one JSON line, or fails.

    python trips.py funtracks <tracks.geff> <back>        # motile_tracker's engine: GEFF with its masks, to a GEFF
    python trips.py funtracks-csv <tracks.geff> <back>    # the same, to its CSV
    python trips.py pycellin <session.xml> <back>         # TrackMate's XML, to the same
    python trips.py pycellin-geff <tracks.geff> <back>    # GEFF, to the same
    python trips.py geff-trackmate <session.xml> <back>   # geff's converter: TrackMate's XML, to a GEFF
    python trips.py napari <tracks.csv> <back>            # a layer of tracks, to a table again
"""

import json
import logging
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)


def with_masks(geff):
    """Tracks and masks as funtracks has them; it looks whether each node lies on its own mask."""
    from funtracks.import_export import import_from_geff

    meta = json.loads((Path(geff) / ".zattrs").read_text())["geff"]
    related = next(one for one in meta["related_objects"] if one["type"] == "labels")
    scale = [1.0, *meta["extra"]["morula"]["voxel_size"]][-len(meta["axes"]) + 1 :]
    return import_from_geff(Path(geff), segmentation_path=Path(geff) / related["path"] / "0", scale=[1.0, *scale])


def counts(tracks):
    """Nodes and links of a graph of funtracks."""
    return {"nodes": tracks.graph.num_nodes(), "links": tracks.graph.num_edges()}


def funtracks(source, back):
    """To a GEFF."""
    from funtracks.import_export import export_to_geff

    tracks = with_masks(source)
    export_to_geff(tracks, Path(back), save_segmentation=False)
    return counts(tracks)


def funtracks_csv(source, back):
    """To a CSV."""
    from funtracks.import_export import export_to_csv

    tracks = with_masks(source)
    export_to_csv(tracks, Path(back))
    return counts(tracks)


def cells(model):
    """Nodes and links of a model of pycellin."""
    lineages = model.data.cell_data.values()
    return {"nodes": sum(map(len, lineages)), "links": sum(one.number_of_edges() for one in lineages)}


def pycellin(source, back):
    """All spots and tracks, to XML; the units are asked for where they are not given."""
    import pycellin as pc

    model = pc.load_TrackMate_XML(source, keep_all_spots=True, keep_all_tracks=True)
    pc.export_TrackMate_XML(model, back, units={"space": "micron", "time": "sec"})
    return cells(model)


def pycellin_geff(source, back):
    """To a GEFF with its axes."""
    import pycellin as pc

    model = pc.load_GEFF(source)
    pc.export_GEFF(model, back, space_axes=["cell_x", "cell_y"])
    return cells(model)


def geff_trackmate(source, back):
    """What geff makes of the XML."""
    import geff
    from geff.convert import from_trackmate_xml_to_geff

    from_trackmate_xml_to_geff(source, back)
    graph, _ = geff.read(back)
    return {"nodes": graph.number_of_nodes(), "links": graph.number_of_edges()}


def napari(source, back):
    """A layer checks ids, times and the graph; the table is written as it holds them."""
    import pandas
    from napari.layers import Tracks

    path = Path(source)
    table = pandas.read_csv(path)
    graph = json.loads(path.with_name(f"{path.stem}-graph.json").read_text())
    layer = Tracks(table.to_numpy(), graph={int(child): parents for child, parents in graph.items()})
    pandas.DataFrame(layer.data, columns=table.columns).to_csv(back, index=False)
    kept = {str(child): [int(one) for one in parents] for child, parents in layer.graph.items()}
    Path(back).with_name(f"{Path(back).stem}-graph.json").write_text(json.dumps(kept))
    inside = len(table) - table["ID"].nunique()
    return {"nodes": len(layer.data), "links": inside + sum(map(len, kept.values()))}


CHECKS = {
    "funtracks": funtracks,
    "funtracks-csv": funtracks_csv,
    "pycellin": pycellin,
    "pycellin-geff": pycellin_geff,
    "geff-trackmate": geff_trackmate,
    "napari": napari,
}

if __name__ == "__main__":
    print(json.dumps(CHECKS[sys.argv[1]](*sys.argv[2:])))
