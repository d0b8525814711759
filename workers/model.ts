import { checkModel, importModel, loadModel, tryDevice, watchRuns } from '../src/model/index.ts';
import { guard, type ModelDone, type ModelTask } from '../src/pool/index.ts';

/** Runs a model on small pictures: to learn what it is, to report on it, to import it, to try a device with it. */
export default guard(async (task: ModelTask, beats): Promise<ModelDone[keyof ModelDone]> => {
  watchRuns(beats);
  switch (task.kind) {
    case 'load':
      return { ...(await loadModel(task.path)), bytes: new Uint8Array(0) };
    case 'check':
      return checkModel(task.path, task.device);
    case 'try':
      return tryDevice(task.path, task.device);
    case 'import': {
      const { path, output, overwrite, draft } = task;
      return importModel(path, { ...(output === null ? {} : { output }), overwrite, draft });
    }
  }
});
