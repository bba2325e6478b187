/**
 * Addresses in what people write, made into links that tell where they lead. Only http and https; no preview is
 * ever fetched, and nothing of the text is taken as markup. Pure.
 */

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  /** `host`: where it leads. `plain`: the text shows that host; a look-alike does not (it is `xn--…`). */
  | {
      readonly kind: "link";
      readonly text: string;
      readonly href: string;
      readonly host: string;
      readonly plain: boolean;
    };

/** A scheme, or the "www." that people write instead; never one of another scheme. */
const ADDRESS = /(?:https?:\/\/|www\.)[^\s<>"“”]+/gi;
/** What ends a sentence, not an address. */
const TRAILING = /[.,;:!?'’…]+$/;
const IN_A_WORD = /[\p{L}\p{N}]/u;
/** Longer than this nobody reads, and a browser may not open. */
const LONGEST = 2000;

/** The text in pieces, in order; put together they are the text again. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const at = match.index ?? 0;
    const found = withoutEnd(match[0]);
    const link = at > 0 && IN_A_WORD.test(text.charAt(at - 1)) ? null : linkTo(found);
    if (!link) continue;
    if (at > from) pieces.push({ kind: "text", text: text.slice(from, at) });
    pieces.push(link);
    from = at + found.length;
  }
  if (from < text.length) pieces.push({ kind: "text", text: text.slice(from) });
  return pieces;
}

/** Without the end of the sentence, and without a bracket that was opened before the address. */
function withoutEnd(found: string): string {
  let rest = found;
  for (;;) {
    const before = rest;
    rest = rest.replace(TRAILING, "");
    if (rest.endsWith(")") && count(rest, ")") > count(rest, "(")) rest = rest.slice(0, -1);
    if (rest === before) return rest;
  }
}

const count = (text: string, sign: string) => text.split(sign).length - 1;

function linkTo(text: string): Piece | null {
  const written = /^www\./i.test(text) ? `https://${text}` : text;
  const url = written.length > LONGEST ? null : parsed(written);
  if (!url) return null;
  const { protocol, hostname, username, password } = url;
  if (protocol !== "http:" && protocol !== "https:") return null;
  // "https://our-hospital.example@elsewhere.example/" leads elsewhere: such an address stays text.
  if (username !== "" || password !== "" || !hostname.includes(".")) return null;
  const plain = written.toLowerCase().startsWith(`${protocol}//${hostname}`);
  return { kind: "link", text, href: url.href, host: hostname, plain };
}

function parsed(written: string): URL | null {
  try {
    return new URL(written);
  } catch {
    return null;
  }
}
