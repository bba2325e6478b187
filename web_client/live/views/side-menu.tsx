/** Under More: what staff can show beside their own picture, and how to stop it. */
import { useEffect, useState } from "preact/hooks";
import { staffHere } from "../derived";
import {
  canShowScreen,
  followOtherCameras,
  type OtherCamera,
  showScreen,
  showSecondCamera,
  stopSideView,
} from "../side-view";
import { store } from "../store";
import { Icon } from "./icons";

const STOP = { camera: "Stop the second camera", screen: "Stop showing your screen" } as const;
const NAMES = { camera: "second camera", screen: "screen" } as const;

/** Nothing where there is nothing to show. */
export function SideMenu() {
  const [cameras, setCameras] = useState<readonly OtherCamera[]>([]);
  useEffect(() => followOtherCameras(setCameras), [store.devices.value.camera]);
  const mine = store.side.value;
  if (mine !== null) {
    return (
      <button type="button" class="card-button" onClick={stopSideView}>
        <Icon name="screen" />
        {STOP[mine.view]}
      </button>
    );
  }
  if (cameras.length === 0 && !canShowScreen()) return null;
  const other = staffHere.value.find((one) => one.place === "in_class" && one.side_view !== null);
  if (other?.side_view) {
    return (
      <p>
        The group sees {other.name}’s {NAMES[other.side_view]} now.
      </p>
    );
  }
  return (
    <div class="choices">
      <p>
        <b>Beside you</b>, for the group to see:
      </p>
      {cameras.map((camera) => (
        <button
          key={camera.id}
          type="button"
          class="card-button"
          onClick={() => void showSecondCamera(camera).then(closeIfShown)}
        >
          <Icon name="camera" />
          <span>
            Show a second camera<small>{camera.label}</small>
          </span>
        </button>
      ))}
      {canShowScreen() && (
        <button type="button" class="card-button" onClick={() => void showScreen().then(closeIfShown)}>
          <Icon name="screen" />
          <span>
            Show your screen<small>Choose another window than this one: here are the patients.</small>
          </span>
        </button>
      )}
    </div>
  );
}

/** What could not be shown leaves the choice open. */
function closeIfShown(): void {
  if (store.side.peek() !== null) store.staffMoreOpen.value = false;
}
