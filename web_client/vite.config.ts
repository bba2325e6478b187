import { defineConfig } from "vite";

// The scripts and styles of the class page, the player and the device check. The server finds them by
// dist/.vite/manifest.json.
export default defineConfig({
  base: "/static/",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    manifest: true,
    // Tablets of ten years ago: iPads on iOS 15, Android with a Chrome that is no longer updated.
    target: ["safari15", "chrome87", "firefox91"],
    modulePreload: { polyfill: false },
    sourcemap: false,
    rollupOptions: { input: ["live/main.tsx", "player/main.ts", "device/main.tsx", "staff/main.ts"] },
  },
});
