/** The camera's simulcast layers: those that nobody takes are not sent, and not encoded. */
import type { LayersView } from "../protocol";

export type LayerName = LayersView["camera"][number];

/** A sender as far as this module needs it. */
type Sender = Pick<RTCRtpSender, "getParameters" | "setParameters">;

const TRIES = 3;

/** Which layers one sender sends. The browser is asked one thing at a time: it refuses two at once. */
export class SentLayers {
  private wanted: readonly LayerName[] | null = null;
  private applied: readonly LayerName[] | null = null;
  private running: Promise<void> | null = null;

  constructor(private readonly sender: Sender) {}

  /** Sends these from now on; null: all. What the browser refuses stays as it was. */
  want(layers: readonly LayerName[] | null): Promise<void> {
    this.wanted = layers;
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    while (this.applied !== this.wanted) {
      const wanted = this.wanted;
      await this.apply(wanted);
      this.applied = wanted;
    }
  }

  private async apply(layers: readonly LayerName[] | null): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const parameters = this.sender.getParameters();
      if (!change(parameters.encodings ?? [], layers)) return;
      try {
        return await this.sender.setParameters(parameters);
      } catch {
        // A negotiation in between makes the parameters stale: they are read again.
      }
    }
  }
}

/** Puts into the encodings what is to be sent; says whether that is a change. Without rids there is one. */
function change(encodings: RTCRtpEncodingParameters[], layers: readonly LayerName[] | null): boolean {
  let changed = false;
  for (const one of encodings) {
    const active = isNeeded(one.rid, layers);
    changed ||= (one.active ?? true) !== active;
    one.active = active;
  }
  return changed;
}

function isNeeded(rid: string | undefined, layers: readonly LayerName[] | null): boolean {
  if (layers === null) return true;
  return rid === undefined ? layers.length > 0 : layers.some((one) => one === rid);
}
