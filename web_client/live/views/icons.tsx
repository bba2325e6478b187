/** Line drawings for buttons and states; always beside words, so hidden from screen readers. */
const DRAWINGS = {
  microphone: "M9 6a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0zM5 11a7 7 0 0 0 14 0M12 18v3",
  microphoneOff: "M9 9V6a3 3 0 0 1 6 0v6M5 11a7 7 0 0 0 11 5.5M12 18v3M4 3l16 17",
  camera: "M5 6h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2zM15 11l6-4v10l-6-4",
  cameraOff:
    "M8 6h5a2 2 0 0 1 2 2v3l6-4v10l-3-2M15 17a2 2 0 0 1-2 1H5a2 2 0 0 1-2-2V8a2 2 0 0 1 1-1.7M3 3l18 18",
  chat: "M4 5h16v11H10l-5 4v-4H4zM8 9h8M8 12h5",
  help: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 8.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7zM5.600 5.600l4 4M14.400 14.400l4 4M18.400 5.600l-4 4M9.600 14.400l-4 4",
  leave: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
  tick: "M5 13l4 4L19 7",
  cross: "M6 6l12 12M18 6L6 18",
  warning: "M12 4l9 16H3zM12 10v4M12 17v.5",
  phone:
    "M6 3h4l1.500 5L9 9.500a12 12 0 0 0 5.500 5.500L16 12.500l5 1.500v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
  people:
    "M9 4.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7zM2.500 20c0-4 3-6 6.500-6s6.500 2 6.500 6M16 5a3.500 3.500 0 0 1 0 6.500M18 14.500c2.500.8 3.500 2.800 3.500 5.500",
  lock: "M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zM8 11V8a4 4 0 0 1 8 0v3",
  up: "M12 19V6M6 11l6-6 6 6",
  sound: "M4 9v6h4l5 4V5L8 9zM16.500 8.500a5 5 0 0 1 0 7M19 6a8.500 8.500 0 0 1 0 12",
  music:
    "M9 18V5l11-2v12M6.500 15.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5zM17.500 12.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
  play: "M7 4l13 8-13 8z",
  pause: "M8 5v14M16 5v14",
  more: "M5.500 12a.5.5 0 1 0-1 0 .5.5 0 0 0 1 0zM12.500 12a.5.5 0 1 0-1 0 .5.5 0 0 0 1 0zM19.500 12a.5.5 0 1 0-1 0 .5.5 0 0 0 1 0z",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4",
  bigPicture: "M4 5h16v14H4zM8 12V9h3M16 12v3h-3",
  hand: "M8 12V6a1.500 1.500 0 0 1 3 0v5V4a1.500 1.500 0 0 1 3 0v7V6a1.500 1.500 0 0 1 3 0v8c0 4-2 7-6 7-3 0-4.500-1.500-6-4l-2-4a1.500 1.500 0 0 1 2.500-1.500L8 14z",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  rest: "M6 20v-6h12v6M6 14V5M18 14v-3",
  undo: "M8 5L4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11h-4",
  unlock: "M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zM8 11V7a4 4 0 0 1 7.500-2",
  clock: "M12 4a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 8v5l3 2",
  star: "M12 4l2.500 5.200 5.500.8-4 4 1 5.600-5-2.700-5 2.700 1-5.600-4-4 5.500-.8z",
  aside: "M3 5h10v14H3zM13 5l8 3v10l-8 3M9 12h.5",
  screen: "M3 5h18v11H3zM8 20h8M12 16v4",
  card: "M3 6h18v12H3zM7 10h7M7 14h4",
  chart: "M4 20V11M10 20V5M16 20v-7M21 20H3",
} as const;

export type IconName = keyof typeof DRAWINGS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={DRAWINGS[name]} />
    </svg>
  );
}
