import { type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { ImageBackend } from './backend.ts';
import type { BackendChoice, BackendName } from './choice.ts';
import { createCpuBackend } from './cpuBackend.ts';
import type { GlBackend } from './gl/glBackend.ts';
import { give, hasCard, type Shown, timeFrame } from './probe.ts';

/** A backend that is one of two. The processor begins, so that the first picture waits for nothing. */
export interface SwitchingBackend extends ImageBackend {
  /** What is asked for; may be set. */
  choice: Signal<BackendChoice>;
  /** Who draws now. */
  name: ReadonlySignal<BackendName>;
  /** False while it is being found out who is to draw. */
  settled(): boolean;
}

/** A card slower than this is not taken by itself, milliseconds for a new frame. */
const TOO_SLOW = 30;

/**
 * @param changed called when another backend has taken over: the picture is to be drawn again
 * @param say told when what was asked for cannot be had
 */
export function createSwitchingBackend(
  first: BackendChoice,
  changed: () => void,
  say: (text: string) => void,
): SwitchingBackend {
  const cpu = createCpuBackend();
  const choice = signal(first);
  const name = signal<BackendName>('cpu');
  let now: ImageBackend = cpu;
  let card: GlBackend | null = null;
  // What was given, so that whoever takes over has it.
  const shown: Shown = {
    channels: [],
    labels: null,
    lut: [new Uint32Array(1), new Set()],
    marking: 'outline',
    view: { k: 1, x: 0, y: 0, aspect: 1 },
    width: 0,
    height: 0,
    lineScale: 1,
  };
  let decidedOn: BackendChoice = 'cpu';
  let deciding = false;

  function use(next: GlBackend | null): void {
    if (next !== card) card?.free();
    card = next;
    now = next ?? cpu;
    name.value = next === null ? 'cpu' : 'webgl2';
    give(now, shown);
    changed();
  }

  function fallBack(reason: string): void {
    if (card === null) return;
    use(null);
    say(`${reason}; the processor draws the image from here on`);
  }

  const fits = (one: GlBackend): boolean =>
    shown.channels.every(({ plane }) => one.fits(plane.width, plane.height));

  /** A card that can draw what is shown, and, where nobody insists on it, faster than the processor; else null. */
  async function findCard(insist: boolean): Promise<GlBackend | null> {
    if (!insist && !hasCard()) return null;
    const { createGlBackend } = await import('./gl/glBackend.ts');
    const one = createGlBackend(() => fallBack('The graphics card was taken away'));
    if (one === null && insist) say('This browser has no WebGL2; the processor draws the image');
    if (one === null) return null;
    if (!fits(one)) {
      if (insist) say('The planes are too large for the graphics card; the processor draws the image');
    } else if (insist) return one;
    else {
      const ms = timeFrame(one, shown, () => one.finish());
      if (ms <= TOO_SLOW && ms < timeFrame(createCpuBackend(), shown, () => {})) return one;
    }
    one.free();
    return null;
  }

  /** Acts on what is asked for, as often as that changes meanwhile; there must be a picture to try it with. */
  async function decide(): Promise<void> {
    while (decidedOn !== choice.peek()) {
      decidedOn = choice.peek();
      try {
        const found = decidedOn === 'cpu' ? null : await findCard(decidedOn === 'webgl2');
        if (decidedOn === choice.peek() && (found !== null || card !== null)) use(found);
        else found?.free();
      } catch (error) {
        say(`The graphics card cannot be used: ${reasonOf(error)}`);
      }
    }
    deciding = false;
  }

  function consider(): void {
    if (deciding || choice.peek() === decidedOn || shown.channels.length === 0 || shown.width === 0) return;
    deciding = true;
    // After the picture is on screen.
    setTimeout(() => void decide());
  }
  choice.subscribe(consider);

  return {
    choice,
    name,
    settled: () => !deciding,
    setChannels(channels) {
      shown.channels = channels;
      if (card !== null && !fits(card)) fallBack('The planes are too large for the graphics card');
      else now.setChannels(channels);
    },
    setLabels(labels) {
      shown.labels = labels;
      now.setLabels(labels);
    },
    setLut(...lut) {
      shown.lut = lut;
      now.setLut(...lut);
    },
    setMarking(marking) {
      shown.marking = marking;
      now.setMarking(marking);
    },
    render(context, view, width, height, lineScale) {
      Object.assign(shown, { view, width, height, lineScale });
      try {
        now.render(context, view, width, height, lineScale);
      } catch (error) {
        if (card === null) throw error;
        fallBack(`The graphics card refused to draw (${reasonOf(error)})`);
      }
      consider();
    },
    pick: (x, y) => now.pick(x, y),
  };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
