import type { App } from '../../app.ts';
import { formatCount } from '../../data/units.ts';
import { iconButton } from '../../dom.ts';
import { exportTracks } from '../../exports/engine.ts';
import { rasterise, saveFile } from '../../exports/save.ts';
import { savePng } from '../../exports/savePng.ts';
import { type Shown, treeRaster } from '../../exports/treeRaster.ts';
import { MOST_BRANCHES, treeSvg } from '../../exports/treeSvg.ts';
import { createMenu } from '../menu.ts';

/** The menu that saves the tree as it is shown (all, a lineage, descendants) as a file for print. */
export function createSaveMenu(app: App, say: (text: string) => void, shown: () => Shown): HTMLElement {
  const { run } = app.data.info;

  /** The tree as lines, or, where those are too many for any program, as it is on the screen. */
  function svg(): string {
    const axis = app.axis.value;
    const { layout } = axis;
    if (layout.count > MOST_BRANCHES) {
      say(
        `${formatCount(layout.count)} branches are too many for lines: the tree is saved as it is on the screen`,
      );
      return treeRaster(shown(), app.data.info, location.hash, app.unit);
    }
    return treeSvg({
      data: app.data,
      axis,
      colours: app.colours.value,
      colourBy: app.state.colourBy.value,
      unit: app.unit,
      link: location.hash,
      names: app.names.value,
      version: `${run.morula}, ${run.movie.name} ${run.movie.fingerprint}`,
    });
  }
  const name = `${run.movie.name}-tree`;
  const png = (scale: number) => (): void => {
    rasterise(svg(), scale).then(
      (blob) => savePng(`${name}.png`, blob, app.data.info),
      () => say('The picture is too large for the browser; save it as SVG'),
    );
  };
  const engine = [
    { text: 'Lineage graph, GEFF', act: () => void exportTracks('geff', say) },
    { text: 'Masks and tracks, CTC', act: () => void exportTracks('ctc', say) },
    { text: 'TrackMate XML', act: () => void exportTracks('trackmate', say) },
  ];
  return createMenu(
    iconButton('download', 'Save the tree', () => {}),
    'Save the tree',
    [
      {
        text: 'SVG, for print and drawing programs',
        act: () => saveFile(`${name}.svg`, new Blob([svg()], { type: 'image/svg+xml' })),
      },
      { text: 'PNG, 96 dots per inch', act: png(1) },
      { text: 'PNG, 192 dots per inch', act: png(2) },
      { text: 'PNG, 384 dots per inch', act: png(4) },
      ...(app.data.info.edits === true ? engine : []),
    ],
  );
}
