import { MorulaError } from '../../errors/index.ts';
import type { Network } from '../../model/index.ts';
import { EDGE_FEATURES } from './edgeFeatures.ts';
import { hoctScorer, isHoctShaped } from './hoct.ts';
import { PAIR_FEATURES } from './pairFeatures.ts';
import { isTrackastraShaped, trackastraScorer } from './trackastra.ts';
import type { Scorer } from './types.ts';

/** Refuses a network of our own that was trained on other features than those that are computed now. */
function checkFeatures({ metadata, path }: Network, key: string, names: readonly string[]): void {
  if (metadata[key] === names.join(',')) return;
  throw new MorulaError(
    'invalid-data',
    `link: the scorer ${path} must take the features ${names.join(', ')} (metadata "${key}"), ` +
      `got ${metadata[key] ?? 'none'}; train it again with this version`,
  );
}

/** The two small networks: features of links and of divisions in, log odds out. */
function featureScorer(network: Network): Scorer {
  checkFeatures(network, 'edge_features', EDGE_FEATURES);
  checkFeatures(network, 'pair_features', PAIR_FEATURES);
  return async ({ edges, pairs, edgeFeatures, pairFeatures }) => {
    const found = await network.run({
      edge_feats: { data: edgeFeatures, dims: [edges.length, EDGE_FEATURES.length] },
      pair_feats: { data: pairFeatures, dims: [pairs.length, PAIR_FEATURES.length] },
    });
    return { edge: found.edge_logit.data, pair: found.pair_logit.data };
  };
}

/**
 * The scorer that a network is, told by the names of its inputs and outputs.
 *
 * @throws `invalid-data` where they are none that is known, or the features are others
 */
export function scorerOf(network: Network): Scorer {
  const names = network.inputs.map(({ name }) => name);
  if (names.includes('edge_feats') && names.includes('pair_feats')) return featureScorer(network);
  if (isHoctShaped(network)) return hoctScorer(network);
  if (isTrackastraShaped(network)) return trackastraScorer(network);
  throw new MorulaError(
    'invalid-data',
    `link: the scorer ${network.path} must have the inputs edge_feats and pair_feats, or those of an edge transformer ` +
      '(node_feats, node_pos, edge_pos, edge_indices; outputs edge_logits, orphan_logits), or coords and features with ' +
      `one output, got ${names.join(', ')}; export it with these names`,
  );
}
