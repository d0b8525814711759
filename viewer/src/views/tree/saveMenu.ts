import type { App } from '../../app.ts';
import { formatCount } from '../../data/units.ts';
import { iconButton } from '../../dom.ts';
import { rasterise, saveFile } from '../../exports/save.ts';
import { MOST_BRANCHES, treeSvg } from '../../exports/treeSvg.ts';
import { createMenu } from '../menu.ts';

/** The menu that saves the tree as it is shown (all, a lineage, descendants) as a file for print. */
export function createSaveMenu(app: App, say: (text: string) => void): HTMLElement {
  const { run } = app.data.info;

  function svg(): string | null {
    const layout = app.layout.value;
    if (layout.count > MOST_BRANCHES) {
      say(`${formatCount(layout.count)} branches are too many for a drawing; show a lineage first (Q)`);
      return null;
    }
    return treeSvg({
      data: app.data,
      layout,
      colours: app.colours.value,
      colourBy: app.state.colourBy.value,
      unit: app.unit,
      link: location.hash,
      names: app.names.value,
      version: run.morula,
    });
  }
  const name = `${run.movie.name}-tree`;
  const png = (scale: number) => (): void => {
    const text = svg();
    if (text === null) return;
    rasterise(text, scale).then(
      (blob) => saveFile(`${name}.png`, blob),
      () => say('The picture is too large for the browser; save it as SVG'),
    );
  };
  return createMenu(
    iconButton('download', 'Save the tree', () => {}),
    'Save the tree',
    [
      {
        text: 'SVG, for print and drawing programs',
        act() {
          const text = svg();
          if (text !== null) saveFile(`${name}.svg`, new Blob([text], { type: 'image/svg+xml' }));
        },
      },
      { text: 'PNG, 192 dots per inch', act: png(2) },
      { text: 'PNG, 384 dots per inch', act: png(4) },
    ],
  );
}
