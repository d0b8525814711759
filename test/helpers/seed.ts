import fc from 'fast-check';

/**
 * The seed of all properties: one and the same, so that a change is judged by itself and not by its luck;
 * `MORULA_SEED=random` draws another each time (as `.ci/long` does), a number gives that one.
 */
const seed = process.env.MORULA_SEED ?? '1';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
