/** Small drawings beside a remedy; the words say the same. */
import type { ComponentChildren } from "preact";
import { WhereToPress } from "../../live/views/where-to-press";
import type { DrawingName } from "../remedies";
import { family } from "../state";

export function RemedyDrawing({ name }: { name: DrawingName }) {
  switch (name) {
    case "where_to_press":
      return <WhereToPress family={family} />;
    case "plug":
      return (
        <Drawing label="A camera on a cable, and the socket of a computer">
          <circle class="drawn-bar" cx="60" cy="36" r="24" />
          <circle class="drawn-line" cx="60" cy="36" r="9" />
          <path class="drawn-line" d="M84 36h52M136 26h22v20h-22zM158 31h9M158 41h9" />
          <path class="drawn-line" d="M200 22h40v28h-40zM206 31h8M206 41h8" />
          <path class="drawn-ring" d="M174 36h18m-8-8l8 8l-8 8" />
        </Drawing>
      );
    case "busy":
      return (
        <Drawing label="Two windows want the same camera; the one behind is closed">
          <rect class="drawn-bar" x="40" y="8" width="120" height="52" rx="6" />
          <path class="drawn-line" d="M140 16l10 10M150 16l-10 10" />
          <rect class="drawn-bar" x="110" y="26" width="120" height="44" rx="6" />
          <path class="drawn-line" d="M150 40h26v18h-26zM176 46l14-7v20l-14-7" />
          <circle class="drawn-ring" cx="145" cy="21" r="14" />
        </Drawing>
      );
    case "volume":
      return (
        <Drawing label="The volume buttons at the side of a phone, and a loudspeaker">
          <rect class="drawn-bar" x="30" y="4" width="44" height="66" rx="8" />
          <path class="drawn-line" d="M26 16v10M26 34v10" />
          <circle class="drawn-ring" cx="26" cy="21" r="13" />
          <path
            class="drawn-line"
            d="M130 28h14l18-14v44l-18-14h-14zM176 26a14 14 0 0 1 0 20M188 18a26 26 0 0 1 0 36"
          />
        </Drawing>
      );
    case "lid":
      return (
        <Drawing label="A slide over the camera at the top of a screen, moved aside">
          <rect class="drawn-bar" x="40" y="12" width="220" height="58" rx="8" />
          <circle class="drawn-line" cx="150" cy="26" r="7" />
          <path class="drawn-line" d="M166 19h30v14h-30z" />
          <path class="drawn-ring" d="M204 26h22m-9-9l9 9l-9 9" />
        </Drawing>
      );
    case "wifi":
      return (
        <Drawing label="A phone near a router">
          <rect class="drawn-bar" x="30" y="6" width="38" height="62" rx="8" />
          <path class="drawn-line" d="M98 24a20 20 0 0 1 0 26M112 16a32 32 0 0 1 0 42" />
          <rect class="drawn-bar" x="196" y="36" width="76" height="26" rx="6" />
          <path class="drawn-line" d="M212 36V14M256 36V14M210 50h6M224 50h6" />
          <path class="drawn-ring" d="M184 37h-42m10-10l-10 10l10 10" />
        </Drawing>
      );
    case "other_browser":
      return (
        <Drawing label="The address bar of a browser, with your link in it">
          <rect class="drawn-bar" x="6" y="14" width="288" height="44" rx="22" />
          <path class="drawn-words" d="M34 36h150" />
          <circle class="drawn-ring" cx="262" cy="36" r="20" />
          <path class="drawn-line" d="M252 36h20m-8-8l8 8l-8 8" />
        </Drawing>
      );
  }
}

function Drawing({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <svg class="where-to-press" viewBox="0 0 300 74" role="img" aria-label={label}>
      {children}
    </svg>
  );
}
