import type { Remap } from './keymap.ts';

/** Keys as people know them from another program. */
export interface Preset {
  title: string;
  /** In a line, what is different. */
  text: string;
  keys: Remap;
}

export type PresetName = 'morula' | 'mastodon' | 'napari' | 'trackmate';

/** Keys of frames are those of the programs; whatever had them before moves next to where it was. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  morula: { title: 'morula', text: 'N goes to the next doubtful place, [ and ] step in time', keys: {} },
  mastodon: {
    title: 'Mastodon',
    text: 'N and M step in time, J goes to the next doubtful place',
    keys: {
      'frame-back': ['n', '['],
      'frame-on': ['m', ']'],
      'frame-back-10': ['Shift+n', 'Shift+{'],
      'frame-on-10': ['Shift+m', 'Shift+}'],
      'review-next': ['j'],
      'review-previous': ['Shift+j'],
    },
  },
  napari: {
    title: 'napari track editors',
    text: 'left and right step in time, A links, B breaks, Z and R undo and redo, J adds a cell',
    keys: {
      'frame-back': ['ArrowLeft', '['],
      'frame-on': ['ArrowRight', ']'],
      'to-left': ['Shift+ArrowLeft'],
      'to-right': ['Shift+ArrowRight'],
      'add-left': ['Alt+Shift+ArrowLeft'],
      'add-right': ['Alt+Shift+ArrowRight'],
      'box-zoom': ['Shift+z'],
      'edit-link': ['a', 'l'],
      'edit-link-back': ['Shift+a', 'Shift+l'],
      'edit-unlink': ['b', 'u'],
      add: ['j'],
      outline: ['Shift+j'],
      undo: ['z', 'Ctrl+z'],
      redo: ['r', 'Ctrl+Shift+z', 'Ctrl+y'],
      reset: ['Shift+r'],
      centre: ['Ctrl+Shift+r'],
    },
  },
  trackmate: {
    title: 'TrackMate',
    text: 'F and G step in time, L links or unlinks, Shift+L follows a cell, B and J for flip and sheet',
    keys: {
      'frame-back': ['f', '['],
      'frame-on': ['g', ']'],
      'frame-back-10': ['Shift+f', 'Shift+{'],
      'frame-on-10': ['Shift+g', 'Shift+}'],
      'edit-connect': ['l'],
      'edit-follow': ['Shift+l'],
      'edit-link': ['c'],
      'edit-link-back': ['Shift+c'],
      flip: ['b'],
      sheet: ['j'],
    },
  },
};

export const isPreset = (name: unknown): name is PresetName =>
  typeof name === 'string' && Object.hasOwn(PRESETS, name);
