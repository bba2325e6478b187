/**
 * Mixes music into what the microphone picks up, in the browser. The microphone's track keeps its echo
 * cancellation: the music comes out of the loudspeakers too, and is taken out of the microphone again.
 */

/** Where the limiter sets in, and how hard. */
const THRESHOLD_DB = -6;
const RATIO = 12;
/** A limiter makes up for what it takes (Web Audio API, 1.19.4); the voice must be as loud as without music. */
const MADE_UP_DB = 0.6 * -THRESHOLD_DB * (1 - 1 / RATIO);

/** Says what happens of itself. */
export interface MixerListener {
  /** The player plays, or not any more, as when the keyboard's pause key is pressed. */
  playing(on: boolean): void;
  /** The device has stopped the mixing, as for a telephone call: what is mixed would carry no voice either. */
  interrupted(): void;
}

export class Mixer {
  private readonly context = new AudioContext();
  private readonly player = new Audio();
  private readonly loudness = this.context.createGain();
  private readonly out = this.context.createMediaStreamDestination();
  /** Voice and music together must not distort. */
  private readonly limiter = new DynamicsCompressorNode(this.context, {
    threshold: THRESHOLD_DB,
    knee: 0,
    ratio: RATIO,
  });
  private readonly level = this.context.createGain();
  private wanted = false;
  private voice: { readonly track: MediaStreamTrack; readonly node: AudioNode } | null = null;

  constructor(listener: MixerListener) {
    this.player.loop = true;
    this.player.onplay = () => listener.playing(true);
    this.player.onpause = () => listener.playing(false);
    this.context.onstatechange = () => {
      if (!this.wanted || this.context.state === "running") return;
      this.pause();
      listener.interrupted();
    };
    this.out.channelCount = 1;
    this.context.createMediaElementSource(this.player).connect(this.loudness);
    this.loudness.connect(this.context.destination);
    this.level.gain.value = 10 ** (-MADE_UP_DB / 20);
    this.loudness.connect(this.limiter).connect(this.level).connect(this.out);
  }

  /** Opens a sound file; throws when this browser cannot play it. */
  async open(file: Blob): Promise<void> {
    this.forgetFile();
    this.player.src = URL.createObjectURL(file);
    await new Promise<void>((resolve, reject) => {
      this.player.oncanplay = () => resolve();
      this.player.onerror = () => reject(new Error("the file cannot be played"));
    });
  }

  async play(): Promise<void> {
    await this.context.resume();
    this.wanted = true;
    await this.player.play();
  }

  pause(): void {
    this.wanted = false;
    this.player.pause();
  }

  /** 0 to 100. Heard loudness goes with the square. */
  setVolume(volume: number): void {
    this.loudness.gain.value = (volume / 100) ** 2;
  }

  /** Music and this microphone, as one track to send. */
  with(microphone: MediaStreamTrack | null): MediaStreamTrack | null {
    if (this.voice?.track !== microphone) {
      this.voice?.node.disconnect();
      this.voice = microphone && { track: microphone, node: this.sourceOf(microphone) };
    }
    return this.out.stream.getAudioTracks()[0] ?? null;
  }

  close(): void {
    this.player.onplay = this.player.onpause = this.context.onstatechange = null;
    this.player.pause();
    this.forgetFile();
    void this.context.close();
  }

  private sourceOf(microphone: MediaStreamTrack): AudioNode {
    const node = this.context.createMediaStreamSource(new MediaStream([microphone]));
    node.connect(this.limiter);
    return node;
  }

  private forgetFile(): void {
    this.player.oncanplay = this.player.onerror = null;
    if (this.player.src) URL.revokeObjectURL(this.player.src);
    this.player.removeAttribute("src");
  }
}
