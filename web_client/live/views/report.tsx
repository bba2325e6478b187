/** Telling staff that something should not be there, and how staff hide it. */
import { useState } from "preact/hooks";
import type { ReportReason } from "../protocol";
import { HIDDEN_REASONS, TOLD_REASONS } from "../report-words";
import { useFirstField } from "./first-field";

interface ReasonsProps {
  readonly tell: (reason: ReportReason) => void;
  readonly close: () => void;
}

/** One press tells it. */
export function Reasons({ tell, close }: ReasonsProps) {
  const box = useFirstField<HTMLFieldSetElement>();
  return (
    <fieldset ref={box} class="tools" tabIndex={-1}>
      <legend>What is wrong with it? Only staff learn of it.</legend>
      {(Object.keys(TOLD_REASONS) as ReportReason[]).map((one) => (
        <button
          key={one}
          type="button"
          class="tool"
          onClick={() => {
            close();
            tell(one);
          }}
        >
          {TOLD_REASONS[one]}
        </button>
      ))}
      <button type="button" class="tool" onClick={close}>
        Nothing, go back
      </button>
    </fieldset>
  );
}

interface TellStaffProps {
  /** What it is about, for who hears the page. */
  readonly about: string;
  readonly reported: boolean;
  readonly tell: (reason: ReportReason) => void;
}

/** Below what somebody else wrote. */
export function TellStaff({ about, reported, tell }: TellStaffProps) {
  const [asked, setAsked] = useState(false);
  if (reported) return <p class="by">You have told staff of this.</p>;
  if (asked) return <Reasons tell={tell} close={() => setAsked(false)} />;
  return (
    <p class="by">
      <button type="button" class="text-button" onClick={() => setAsked(true)}>
        Tell staff about it<span class="unseen">: {about}</span>
      </button>
    </p>
  );
}

interface HideProps {
  readonly id: string;
  readonly hide: (reason: ReportReason) => Promise<void>;
  readonly stop: () => void;
}

/** Staff say why they hide it; it is kept. */
export function Hide({ id, hide, stop }: HideProps) {
  const [reason, setReason] = useState<ReportReason>("upsetting");
  const box = useFirstField<HTMLDivElement>();
  return (
    <div ref={box} class="refuse">
      <label for={id}>Why do you hide it? It is kept for the record.</label>
      <select
        id={id}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value as ReportReason)}
      >
        {(Object.keys(HIDDEN_REASONS) as ReportReason[]).map((one) => (
          <option key={one} value={one}>
            {HIDDEN_REASONS[one]}
          </option>
        ))}
      </select>
      <div class="tools">
        <button type="button" class="tool" onClick={() => void hide(reason).then(stop)}>
          Hide from the group
        </button>
        <button type="button" class="tool" onClick={stop}>
          Cancel
        </button>
      </div>
    </div>
  );
}
