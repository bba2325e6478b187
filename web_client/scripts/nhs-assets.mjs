// Puts the style, script and icon of the server-rendered pages into dist/assets, each with a hash of its
// content in its name, and writes dist/.vite/pages.json, by which the server finds them.
//
// Run after `vite build` (which empties dist) and before precompressing. The NHS frontend's style names two
// Frutiger fonts on another host: they are licensed to NHS organisations only and nothing is loaded from
// other hosts, so both @font-face rules go; Arial follows in its font list.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const client = dirname(dirname(fileURLToPath(import.meta.url)));
const nhsuk = join(client, "node_modules", "nhsuk-frontend", "dist", "nhsuk");
const dist = join(client, "dist");

function put(name, content) {
  const hash = createHash("sha256").update(content).digest("base64url").slice(0, 8);
  const end = extname(name);
  const hashed = `assets/${basename(name, end)}-${hash}${end}`;
  mkdirSync(join(dist, "assets"), { recursive: true });
  writeFileSync(join(dist, hashed), content);
  return hashed;
}

function pageStyle() {
  const images = new Map();
  const nhs = readFileSync(join(nhsuk, "nhsuk-frontend.min.css"), "utf8")
    .replace(/@font-face\s*\{[^}]*\}/g, "")
    .replace(/\/\*# sourceMappingURL=[^*]*\*\//g, "")
    .replace(/url\(\/assets\/images\/([\w.-]+)\)/g, (_all, name) => {
      if (!images.has(name)) {
        images.set(name, put(name, readFileSync(join(nhsuk, "assets", "images", name))));
      }
      return `url(${basename(images.get(name))})`;
    });
  return `${nhs}\n${readFileSync(join(client, "styles", "pages.css"), "utf8")}`;
}

function refuseOtherHosts(style) {
  for (const [, address] of style.matchAll(/(?:url\(|@import)\s*["']?([^"')]+)/g)) {
    if (/^(?:[a-z]+:)?\/\//i.test(address)) {
      throw new Error(`the pages' style would load ${address} from another host`);
    }
  }
  return style;
}

const script = readFileSync(join(nhsuk, "nhsuk-frontend.min.js"), "utf8").replace(
  /\/\/# sourceMappingURL=.*$/m,
  "",
);
const files = {
  style: put("pages.css", refuseOtherHosts(pageStyle())),
  script: put("pages.js", script),
  icon: put("icon.svg", readFileSync(join(client, "styles", "icon.svg"))),
};
mkdirSync(join(dist, ".vite"), { recursive: true });
writeFileSync(join(dist, ".vite", "pages.json"), `${JSON.stringify(files, null, 2)}\n`);
