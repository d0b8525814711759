import { defineConfig } from 'vite';

/**
 * The worker of `segment` as one file, in the place of what tsc writes (which works as well): each of its threads then
 * loads one module instead of two hundred. Packages that load files of their own, or are seldom wanted, stay outside.
 */
export default defineConfig({
  ssr: {
    noExternal: true,
    external: ['onnxruntime-node', 'numcodecs', '@bokuweb/zstd-wasm', 'piscina'],
  },
  build: {
    ssr: true,
    target: 'node20',
    outDir: '../dist/workers',
    emptyOutDir: false,
    sourcemap: true,
    minify: false,
    rollupOptions: { input: { segment: 'workers/segment.ts' } },
  },
});
