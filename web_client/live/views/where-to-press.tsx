/** A small drawing of where to press in the browser, with a ring round it; the steps beside it say the same. */
import type { ComponentChildren } from "preact";
import type { Family } from "../browser-family";

const WIDTH = 300;

export function WhereToPress({ family }: { family: Family }) {
  switch (family) {
    case "ios-other":
      return <SettingsApp />;
    case "safari":
      return <MenuBar />;
    default:
      return <AddressBar family={family} />;
  }
}

/** The address bar, with the symbol at its left; on an iPhone it is at the bottom of the screen. */
function AddressBar({ family }: { family: "iphone" | "android" | "firefox" | "chrome" }) {
  return (
    <Drawing label="The symbol is at the left end of the address bar">
      <rect class="drawn-bar" x="6" y="14" width={WIDTH - 12} height="44" rx="22" />
      <path class="drawn-words" d="M78 36h120" />
      <PlaceToPress family={family} />
      <Ring x={36} y={36} />
    </Drawing>
  );
}

function PlaceToPress({ family }: { family: Family }) {
  if (family === "iphone") {
    return (
      <text class="drawn-text" x="36" y="43" text-anchor="middle">
        aA
      </text>
    );
  }
  if (family === "firefox") {
    return <path class="drawn-line" d="M26 30h12v12H26zM38 35l8-4v10l-8-4M25 46l22-20" />;
  }
  return <path class="drawn-line" d="M25 31h9M42 31h5M38 27v8M25 41h4M37 41h10M33 37v8" />;
}

/** The menu bar of a Mac. */
function MenuBar() {
  return (
    <Drawing label="The word Safari is in the menu at the top of the screen">
      <rect class="drawn-bar" x="6" y="14" width={WIDTH - 12} height="44" rx="6" />
      <text class="drawn-text" x="52" y="42" text-anchor="middle">
        Safari
      </text>
      <path class="drawn-words" d="M112 36h36M164 36h36M216 36h36" />
      <rect class="drawn-ring" x="18" y="10" width="68" height="52" rx="26" />
    </Drawing>
  );
}

/** The Settings app: a line with a switch. */
function SettingsApp() {
  return (
    <Drawing label="Camera has a switch at its right">
      <rect class="drawn-bar" x="6" y="14" width={WIDTH - 12} height="44" rx="10" />
      <text class="drawn-text" x="24" y="42">
        Camera
      </text>
      <rect class="drawn-switch" x="226" y="23" width="46" height="26" rx="13" />
      <circle class="drawn-knob" cx="259" cy="36" r="10" />
      <rect class="drawn-ring" x="216" y="13" width="66" height="46" rx="23" />
    </Drawing>
  );
}

function Ring({ x, y }: { x: number; y: number }) {
  return <circle class="drawn-ring" cx={x} cy={y} r="27" />;
}

function Drawing({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <svg class="where-to-press" viewBox={`0 0 ${WIDTH} 72`} role="img" aria-label={label}>
      {children}
    </svg>
  );
}
