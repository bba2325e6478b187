/** What somebody wrote, with its addresses as links, which say where they lead. */
import { piecesOf } from "../links";

export function Linked({ text }: { text: string }) {
  return (
    <>
      {piecesOf(text).map((piece, at) =>
        piece.kind === "text" ? (
          piece.text
        ) : (
          <a key={at} class="outward" href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
            {!piece.plain && <span class="outward-host"> ({piece.host})</span>}
            <span class="unseen"> (opens in a new window)</span>
          </a>
        ),
      )}
    </>
  );
}
