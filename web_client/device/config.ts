/** What the server wrote into the page: where to send the media offer, and whom to ring. */
export interface DeviceConfig {
  /** Takes the offer of the loop through the media server. */
  readonly line: string;
  readonly service_phone: string;
}

/** Reads the page's `device-config` block. */
export function readConfig(page: Document): DeviceConfig {
  const block = page.getElementById("device-config");
  if (!block?.textContent) throw new Error("the page has no device-config");
  return JSON.parse(block.textContent) as DeviceConfig;
}
