/** Which browser this is, as far as the steps to unblock a camera differ. */
export type Family = "iphone" | "ios-other" | "android" | "safari" | "firefox" | "chrome";

/** From the user agent; an iPad calls itself a Mac, but a Mac has no touch screen. */
export function browserFamily(agent: string, touchPoints: number): Family {
  const isIos = /iPad|iPhone|iPod/.test(agent) || (/Macintosh/.test(agent) && touchPoints > 1);
  if (isIos) return /CriOS|FxiOS|EdgiOS/.test(agent) ? "ios-other" : "iphone";
  if (/Android/.test(agent)) return "android";
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Safari\//.test(agent) && !/Chrom(e|ium)\//.test(agent)) return "safari";
  return "chrome";
}

/** What to press to turn camera and microphone on again, in order. */
export const STEPS: Readonly<Record<Family, readonly string[]>> = {
  iphone: [
    "Press aA (or the page symbol) at the left of the address bar.",
    "Press Website Settings. If you do not see it, press the three dots first.",
    "Set Camera and Microphone to Allow, then press Done.",
  ],
  "ios-other": [
    "Open the Settings app of your iPhone or iPad.",
    "Find the name of this browser (Chrome, Edge or Firefox) and press it.",
    "Turn on Camera and Microphone, then come back to this page.",
  ],
  android: [
    "Press the symbol at the left of the address bar.",
    "Press Permissions.",
    "Turn on Camera and Microphone.",
  ],
  safari: [
    "Press Safari in the menu at the top, then Settings for this website.",
    "Set Camera and Microphone to Allow.",
  ],
  firefox: [
    "Press the crossed-out camera at the left of the address bar.",
    "Press the cross beside Blocked.",
  ],
  chrome: ["Press the symbol at the left of the address bar.", "Turn on Camera and Microphone."],
};
