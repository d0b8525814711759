import type { App } from '../../app.ts';
import { h, iconButton } from '../../dom.ts';
import { textsOf } from '../../exports/about.ts';
import { drawCaption } from '../../exports/caption.ts';
import { canFilm, makeFilm } from '../../exports/film.ts';
import { withText } from '../../exports/pngText.ts';
import { saveFile, toPng } from '../../exports/save.ts';
import { savePng } from '../../exports/savePng.ts';
import { type Entry, zipStore } from '../../exports/zip.ts';
import { createMenu } from '../menu.ts';

/** What saving needs of the movie's panel. */
export interface Stage {
  canvas: HTMLCanvasElement;
  /** True when the frame asked for is on the canvas. */
  settled(): boolean;
  /** Micrometres that a pixel of the canvas shows. */
  umPerPixel(): number;
}

/** Pictures a second of a film. */
const RATE = 10;

/** The menu that saves the movie as it is shown: this frame, or all of them as a film or as pictures. */
export function createMovieSave(app: App, stage: Stage, say: (text: string) => void): HTMLElement {
  const { state, data } = app;
  const { run } = data.info;
  const name = run.movie.name;
  const picture = h('canvas', {});
  let running: AbortController | null = null;

  /** The frame shown with its time and a scale bar. */
  function compose(): void {
    // Codecs take even sizes only.
    picture.width = stage.canvas.width & ~1;
    picture.height = stage.canvas.height & ~1;
    const context = picture.getContext('2d')!;
    context.drawImage(stage.canvas, 0, 0);
    drawCaption(app, context, state.t.peek(), stage.umPerPixel());
  }
  async function still(): Promise<Uint8Array> {
    const png = new Uint8Array(await (await toPng(picture)).arrayBuffer());
    return withText(png, textsOf(data.info, location.hash));
  }
  async function show(t: number): Promise<void> {
    app.goTo(t);
    for (let calm = 0; calm < 2; ) {
      await new Promise((done) => requestAnimationFrame(done));
      calm = stage.settled() && app.schedule.idle ? calm + 1 : 0;
    }
    compose();
  }

  /** Goes through all frames and comes back to where it was; a second click on the menu ends it. */
  async function all(
    what: string,
    work: (signal: AbortSignal) => Promise<Blob>,
    file: string,
  ): Promise<void> {
    if (running !== null) return;
    running = new AbortController();
    const [t, playing] = [state.t.peek(), state.playing.peek()];
    state.playing.value = false;
    say(`Saving ${what}, ${data.nFrames} frames…`);
    try {
      saveFile(file, await work(running.signal));
    } catch (error) {
      if (!running.signal.aborted)
        say(`Not saved: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      running = null;
      app.goTo(t);
      state.playing.value = playing;
    }
  }
  const film = (signal: AbortSignal): Promise<Blob> => {
    compose();
    const about = { title: name, tags: textsOf(data.info, location.hash) };
    return makeFilm(picture, data.nFrames, RATE, show, about, signal);
  };
  async function pictures(signal: AbortSignal): Promise<Blob> {
    const entries: Entry[] = [];
    const digits = String(data.nFrames - 1).length;
    for (let t = 0; t < data.nFrames; t++) {
      signal.throwIfAborted();
      await show(t);
      entries.push({ name: `${name}-${String(t).padStart(digits, '0')}.png`, bytes: await still() });
    }
    return zipStore(entries);
  }
  const entries = [
    {
      text: 'This frame, PNG',
      act() {
        compose();
        void toPng(picture).then((png) => savePng(`${name}-${state.t.peek()}.png`, png, data.info));
      },
    },
    { text: 'All frames, pictures in a ZIP', act: () => void all('pictures', pictures, `${name}.zip`) },
  ];
  if (canFilm()) {
    entries.splice(1, 0, {
      text: 'All frames, WebM film',
      act: () => void all('a film', film, `${name}.webm`),
    });
  }
  const button = iconButton('download', 'Save the movie', () => running?.abort());
  return createMenu(button, 'Save the movie', entries);
}
