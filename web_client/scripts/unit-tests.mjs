// Runs the unit tests in tests/ with Node's own runner. They are TypeScript, which Node 20 does not read by
// itself, so Vite puts each into one file of JavaScript first, in a folder that goes again afterwards.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const client = dirname(dirname(fileURLToPath(import.meta.url)));
const tests = readdirSync(join(client, "tests")).filter((name) => name.endsWith(".test.ts"));
const folder = mkdtempSync(join(client, "node_modules", ".unit-tests-"));

try {
  await build({
    root: client,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: "node20",
      rollupOptions: {
        input: tests.map((name) => join(client, "tests", name)),
        output: { entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" },
      },
    },
  });
  const built = readdirSync(folder).filter((name) => name.endsWith(".test.mjs"));
  if (built.length !== tests.length) throw new Error(`${tests.length} tests, but ${built.length} were built`);
  const run = spawnSync(process.execPath, ["--test", "--test-reporter=dot", ...built], {
    cwd: folder,
    stdio: "inherit",
  });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
