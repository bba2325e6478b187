/** The dialogs: help, help sent, leaving, ending, the keys, and a camera that cannot be had. */
import { closeDialog, leave, openDialog, toggleCamera, toggleMicrophone } from "../actions";
import { isStaff, lead } from "../derived";
import { helpNow } from "../help-now";
import { isLastOfStaff, mayEnd } from "../staff-derived";
import { store } from "../store";
import { AsideDialog } from "./aside-dialog";
import { BlockedWords, PhoneLine, wordsOfDevices } from "./blocked";
import { CardsDialog } from "./cards";
import { Dialog } from "./dialog";
import { EndDialog } from "./end-dialog";
import { HelpDialog, HelpSent } from "./help-dialog";
import { KeysDialog } from "./keys-dialog";
import { MoreDialog } from "./more-dialog";
import { PulseDialog } from "./pulse";
import { WhoSeesDialog } from "./who-sees-dialog";

export function Dialogs() {
  if (helpNow.value) return <HelpSent />;
  switch (store.dialog.value) {
    case "help":
      return <HelpDialog />;
    case "leave":
      return <LeaveDialog />;
    case "end":
      return <EndDialog />;
    case "devices":
      return <DevicesDialog />;
    case "keys":
      return <KeysDialog />;
    case "more":
      return <MoreDialog />;
    case "who-sees":
      return <WhoSeesDialog />;
    case "pulse":
      return <PulseDialog />;
    case "cards":
      return <CardsDialog />;
    case "aside":
      return <AsideDialog />;
    default:
      return null;
  }
}

/** The last of staff stays, or ends the class with all that is asked then. */
function LastOfStaff() {
  return (
    <Dialog title="You are the only member of staff here">
      <p>Nobody would hear a call for help, or see a fall. Stay, or end the class for everyone.</p>
      <button type="button" class="big" onClick={closeDialog}>
        <span>Stay in class</span>
      </button>
      {mayEnd.value && (
        <button type="button" class="big red" onClick={() => openDialog("end")}>
          <span>End the class for everyone</span>
        </button>
      )}
    </Dialog>
  );
}

function LeaveDialog() {
  if (isLastOfStaff.value) return <LastOfStaff />;
  const words = isStaff.value
    ? "The class goes on without you. You can come back in."
    : `If you come back, ${lead.value?.name ?? "the physio"} has to let you in again.`;
  return (
    <Dialog title="Leave the class?">
      <p>{words}</p>
      <button type="button" class="big" onClick={closeDialog}>
        <span>Stay in class</span>
      </button>
      <button type="button" class="big is-dark" onClick={() => void leave()}>
        <span>Leave class</span>
      </button>
    </Dialog>
  );
}

function without(camera: boolean, microphone: boolean): string {
  if (camera && microphone) return "camera and microphone";
  return camera ? "camera" : "microphone";
}

function DevicesDialog() {
  const words = wordsOfDevices();
  const { camera, microphone } = store.devices.value;
  if (words === null) return null;
  const again = () => {
    closeDialog();
    void (camera === null ? toggleCamera() : toggleMicrophone());
  };
  return (
    <Dialog title={words.headline} readFirst>
      <BlockedWords words={words} />
      <button type="button" class="big go" onClick={again}>
        <span>Try again</span>
      </button>
      <button type="button" class="big" onClick={closeDialog}>
        <span>Go on without {without(camera === null, microphone === null)}</span>
      </button>
      <PhoneLine />
    </Dialog>
  );
}
