/** What the server wrote into the page: whose link this is, and how to reach the service by phone. */
export interface ClassConfig {
  readonly link: string;
  readonly service_phone: string;
  readonly service_name: string;
  /** Known to the server when it draws the page; with it, the media offer is prepared before joining. */
  readonly role?: "physio" | "helper" | "patient";
}

/** Reads the page's `class-config` block. */
export function readConfig(page: Document): ClassConfig {
  const block = page.getElementById("class-config");
  if (!block?.textContent) throw new Error("the page has no class-config");
  return JSON.parse(block.textContent) as ClassConfig;
}
