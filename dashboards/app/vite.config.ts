import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// Nothing is inlined: the server's content security policy allows scripts, styles and fonts from files only.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 200,
  },
  server: { host: '127.0.0.1', proxy: { '/api': process.env.PUMJIL_URL ?? 'http://127.0.0.1:8080' } },
});
