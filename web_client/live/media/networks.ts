/** Hears of changes of the network: another Wi-Fi, Wi-Fi to mobile, a cable. */

/** Not in every browser; `type` only on some devices. */
interface NetworkConnection extends EventTarget {
  readonly type?: string;
}

/** Calls back when the device is on another network. Speed alone, which is told as well, is no such change. */
export function onOtherNetwork(page: Window, changed: () => void): void {
  const network = (page.navigator as Navigator & { connection?: NetworkConnection }).connection;
  let type = network?.type;
  network?.addEventListener?.("change", () => {
    const before = type;
    type = network.type;
    if (type !== before && type !== "none") changed();
  });
  page.addEventListener("online", changed);
}
