import { css, SUSPECT, WRONG } from '../../image/palette.ts';

/** A triangle that says how doubtful something is by size and colour: the doubtful ones are vermillion and filled. */
export function suspicion(wrong: number, alert: boolean): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'suspicion');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', alert ? 'cannot be' : `${Math.round(wrong * 100)} % doubtful`);
  const size = 3.2 + 4 * Math.min(1, wrong * 1.6);
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', `M8,${8 - size}L${8 + size},${8 + size * 0.8}H${8 - size}Z`);
  path.setAttribute('fill', css(wrong >= DOUBTFUL ? WRONG : SUSPECT));
  svg.append(path);
  return svg;
}

/** From here on a place is shown as probably wrong. */
export const DOUBTFUL = 0.3;
