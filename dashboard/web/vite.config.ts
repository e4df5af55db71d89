// How the screens are built: one page, loaded in parts, everything from our own server.
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    // The machine page and the preview are fetched when first opened; the rest is the first load.
    chunkSizeWarningLimit: 700,
  },
})
