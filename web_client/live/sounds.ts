/** The two sounds of the class room, made here: let in, and help. */

let context: AudioContext | null = null;

interface Tone {
  readonly at_s: number;
  readonly hz: number;
  readonly for_s: number;
}

const LET_IN: readonly Tone[] = [
  { at_s: 0, hz: 523, for_s: 0.22 },
  { at_s: 0.18, hz: 784, for_s: 0.4 },
];
const HELP: readonly Tone[] = [
  { at_s: 0, hz: 880, for_s: 0.18 },
  { at_s: 0.24, hz: 660, for_s: 0.18 },
  { at_s: 0.48, hz: 880, for_s: 0.3 },
];

export const soundLetIn = () => play(LET_IN, 0.12);
export const soundHelp = () => play(HELP, 0.25);

function play(tones: readonly Tone[], loudness: number): void {
  if (typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  void context.resume().catch(() => undefined);
  for (const tone of tones) playTone(context, tone, loudness);
}

function playTone(audio: AudioContext, tone: Tone, loudness: number): void {
  const start = audio.currentTime + tone.at_s;
  const end = start + tone.for_s;
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.frequency.value = tone.hz;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(loudness, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, end);
  source.connect(volume).connect(audio.destination);
  source.start(start);
  source.stop(end);
}
