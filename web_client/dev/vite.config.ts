import { defineConfig } from "vite";

// The states of the class page on drawn figures, for designers: `npm run dev`, then /?state=patient-class.
export default defineConfig({
  root: "dev",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { port: 5199, strictPort: true, host: "127.0.0.1", fs: { allow: [".."] } },
});
