/**
 * The page itself looks whether this browser can show the class (`browser_check.jinja`), before this script
 * runs, and says so where it cannot, or may not. Who can try all the same may.
 */

/** Starts at once, or when the person wants to go on in a browser that the page has warned of. */
export function whenFit(page: Document, start: () => void): void {
  const warning = page.getElementById("mr-browser");
  if (warning === null || warning.hidden) {
    start();
    return;
  }
  const goOn = page.getElementById("go-on-here");
  if (goOn === null || !canConnect()) return;
  goOn.hidden = false;
  goOn.addEventListener("click", start, { once: true });
}

function canConnect(): boolean {
  return typeof RTCPeerConnection === "function" && "addTransceiver" in RTCPeerConnection.prototype;
}
