// Compresses what was built (brotli and gzip, at their best), so that the server only sends files; then
// weighs the class page, the player and the device check, which are opened on old tablets and slow lines,
// against their limits.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync, constants as zlib } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url).pathname;
const PAGES = [
  { name: "Class page", entry: "live/main.tsx", withPageStyle: false, limitBytes: 120_000 },
  { name: "Player page", entry: "player/main.ts", withPageStyle: true, limitBytes: 60_000 },
  { name: "Device check", entry: "device/main.tsx", withPageStyle: true, limitBytes: 60_000 },
];
const COMPRESSED_KINDS = /\.(js|css|svg)$/;

const compressedBytes = new Map();
for (const entry of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !COMPRESSED_KINDS.test(entry.name)) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const content = readFileSync(path);
  const brotli = brotliCompressSync(content, {
    params: {
      [zlib.BROTLI_PARAM_QUALITY]: 11,
      [zlib.BROTLI_PARAM_LGWIN]: 22,
      [zlib.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  compressedBytes.set(path, brotli.length);
}

/** Every script and style file that an entry of Vite's manifest loads, directly or through its imports. */
function filesOf(manifest, name, seen = new Set()) {
  if (seen.has(name)) return [];
  seen.add(name);
  const chunk = manifest[name];
  const imported = [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])];
  return [chunk.file, ...(chunk.css ?? []), ...imported.flatMap((next) => filesOf(manifest, next, seen))];
}

const manifest = JSON.parse(readFileSync(join(DIST, ".vite/manifest.json"), "utf8"));
const pages = JSON.parse(readFileSync(join(DIST, ".vite/pages.json"), "utf8"));
for (const { name, entry, withPageStyle, limitBytes } of PAGES) {
  const files = new Set([...filesOf(manifest, entry), ...(withPageStyle ? [pages.style] : [])]);
  const total = [...files].reduce((sum, file) => sum + compressedBytes.get(join(DIST, file)), 0);
  console.log(
    `${name}: ${(total / 1000).toFixed(1)} KB of script and style, compressed (limit ${limitBytes / 1000} KB)`,
  );
  if (total > limitBytes) {
    console.error(`The ${name.toLowerCase()} is heavier than its limit.`);
    process.exitCode = 1;
  }
}
