/**
 * Mixes music into what the microphone picks up, in the browser. The microphone's track keeps its echo
 * cancellation: the music comes out of the loudspeakers too, and is taken out of the microphone again.
 */

/** Says what the player does of itself, as when the keyboard's pause key is pressed. */
export interface MixerListener {
  playing(on: boolean): void;
}

export class Mixer {
  private readonly context = new AudioContext();
  private readonly player = new Audio();
  private readonly loudness = this.context.createGain();
  private readonly out = this.context.createMediaStreamDestination();
  /** Voice and music together must not distort. */
  private readonly limiter = new DynamicsCompressorNode(this.context, { threshold: -6, knee: 0, ratio: 12 });
  private voice: { readonly track: MediaStreamTrack; readonly node: AudioNode } | null = null;

  constructor(listener: MixerListener) {
    this.player.loop = true;
    this.player.onplay = () => listener.playing(true);
    this.player.onpause = () => listener.playing(false);
    this.out.channelCount = 1;
    this.context.createMediaElementSource(this.player).connect(this.loudness);
    this.loudness.connect(this.context.destination);
    this.loudness.connect(this.limiter).connect(this.out);
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
    await this.player.play();
  }

  pause(): void {
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
    this.player.onplay = this.player.onpause = null;
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
