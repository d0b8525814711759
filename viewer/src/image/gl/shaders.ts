import { EVEN } from '../contours.ts';

const HEAD = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp usampler2D;
precision highp isampler2D;
`;

/** One triangle that covers everything. */
export const COVER = `${HEAD}
void main() {
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}`;

/** Kinds of samplers: unsigned, signed and real values. */
export type Sampled = 'u' | 'i' | '';

/** Grey values of a channel to its light, as `composite` does; channels are added up by blending. */
export const channel = (kind: Sampled): string => `${HEAD}
uniform ${kind}sampler2D plane;
uniform float low;
uniform float high;
uniform float power;
uniform vec3 colour;
uniform bool plain;
uniform int height;
out vec4 ink;
void main() {
  // The first row lies at the top.
  ivec2 at = ivec2(int(gl_FragCoord.x), height - 1 - int(gl_FragCoord.y));
  float value = float(texelFetch(plane, at, 0).r);
  float part = (value - low) / (high - low);
  float v = 0.0;
  if (part > 0.0) v = part >= 1.0 ? 255.0 : floor(255.0 * pow(part, power) + 0.5);
  ink = vec4((plain ? vec3(v) : floor(v * colour / 256.0)) / 255.0, 1.0);
}`;

/** Labels as the screen shows them, as `resampleSmooth` and `resampleLabels` do; axes are those of `sourceAxis`. */
export const SCREEN = `${HEAD}
uniform usampler2D labels;
uniform sampler2D columns;
uniform sampler2D rows;
uniform bool smoothly;
out uint label;
void main() {
  vec4 c = texelFetch(columns, ivec2(int(gl_FragCoord.x), 0), 0);
  vec4 r = texelFetch(rows, ivec2(int(gl_FragCoord.y), 0), 0);
  label = 0u;
  if (c.x < 0.0 || r.x < 0.0) return;
  if (!smoothly) {
    label = texelFetch(labels, ivec2(c.x, r.x), 0).r;
    return;
  }
  uint l[4] = uint[4](
    texelFetch(labels, ivec2(c.y, r.y), 0).r,
    texelFetch(labels, ivec2(c.z, r.y), 0).r,
    texelFetch(labels, ivec2(c.y, r.z), 0).r,
    texelFetch(labels, ivec2(c.z, r.z), 0).r
  );
  float w[4] = float[4]((1.0 - c.w) * (1.0 - r.w), c.w * (1.0 - r.w), (1.0 - c.w) * r.w, c.w * r.w);
  float most = -1.0;
  for (int i = 0; i < 4; i++) {
    float sum = 0.0;
    for (int j = 0; j < 4; j++) if (l[j] == l[i]) sum += w[j];
    if (sum > most + ${EVEN.toFixed(8)}) {
      most = sum;
      label = l[i];
    }
  }
}`;

/** Contours of the screen's labels, as `drawContours` draws them; premultiplied. */
export const CONTOURS = `${HEAD}
uniform ivec2 size;
uniform usampler2D screen;
uniform usampler2D lut;
uniform float thin;
uniform float thick;
uniform bool casing;
uniform bool fillAll;
uniform float fill;
out vec4 ink;

bool inside(ivec2 at) { return at.x >= 0 && at.y >= 0 && at.x < size.x && at.y < size.y; }
uint labelAt(ivec2 at) { return texelFetch(screen, at, 0).r; }
uvec4 lutAt(uint label) {
  uint width = uint(textureSize(lut, 0).x);
  return texelFetch(lut, ivec2(label % width, label / width), 0);
}
bool other(ivec2 at, uint label) { return inside(at) && labelAt(at) != label; }
bool cell(ivec2 at) { return inside(at) && lutAt(labelAt(at)).a != 0u; }

vec4 mark(ivec2 at) {
  uint label = labelAt(at);
  if (label == 0u) {
    bool beside = casing && (cell(at - ivec2(1, 0)) || cell(at + ivec2(1, 0)) || cell(at - ivec2(0, 1)) || cell(at + ivec2(0, 1)));
    return vec4(0.0, 0.0, 0.0, beside ? 160.0 : 0.0);
  }
  uvec4 look = lutAt(label);
  if (look.a == 0u) return vec4(0.0);
  bool strong = look.a == 2u;
  float line = strong ? thick : thin;
  int rings = int(ceil(line - 0.05));
  int most = rings + (casing ? 1 : 0);
  int depth = most;
  for (int d = 1; d <= most; d++) {
    if (other(at - ivec2(d, 0), label) || other(at + ivec2(d, 0), label) || other(at - ivec2(0, d), label) || other(at + ivec2(0, d), label)) {
      depth = d - 1;
      break;
    }
  }
  if (depth < rings) return vec4(look.rgb, floor(255.0 * min(1.0, line - float(depth)) + 0.5));
  if (depth < most) return vec4(0.0, 0.0, 0.0, 96.0);
  return fillAll || strong ? vec4(look.rgb, fill) : vec4(0.0);
}

void main() {
  ivec2 at = ivec2(int(gl_FragCoord.x), size.y - 1 - int(gl_FragCoord.y));
  vec4 over = mark(at) / 255.0;
  ink = vec4(over.rgb * over.a, over.a);
}`;
