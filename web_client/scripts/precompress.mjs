// Compresses what was built (brotli and gzip, at their best), so that the server only sends files; then
// weighs the class page, the one page that is opened on old tablets and slow lines, against its limit.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync, constants as zlib } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url).pathname;
const CLASS_PAGE = "live/main.tsx";
const LIMIT_BYTES = 120_000;
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
const files = new Set(filesOf(manifest, CLASS_PAGE));
const total = [...files].reduce((sum, file) => sum + compressedBytes.get(join(DIST, file)), 0);
console.log(
  `Class page: ${(total / 1000).toFixed(1)} KB of script and style, compressed (limit ${LIMIT_BYTES / 1000} KB)`,
);
if (total > LIMIT_BYTES) {
  console.error("The class page is heavier than its limit.");
  process.exit(1);
}
