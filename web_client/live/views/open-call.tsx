/** Somebody who is about to be put out has called for help: what was done about it is asked first. */
import { useState } from "preact/hooks";
import { openHelp } from "../derived";
import { HELP_DONE } from "../done-words";
import type { HelpDone } from "../protocol";
import { DoneChoice } from "./what-done";

export interface OpenCall {
  /** Of a person: whether something must be chosen yet, in words; null: nothing must. */
  readonly missing: string | null;
  readonly done: HelpDone | null;
  readonly choice: preact.JSX.Element | null;
}

export function useOpenCall(person: string, name: string): OpenCall {
  const [done, setDone] = useState<HelpDone | "">("");
  const calls = openHelp.value.some((call) => call.person === person);
  const missing = calls && done === "" ? `Choose what was done about ${name}’s call for help.` : null;
  const choice = calls ? (
    <DoneChoice
      id={`call-of-${person}`}
      label={`${name} has called for help. What was done?`}
      choices={HELP_DONE}
      value={done}
      onChoose={setDone}
    />
  ) : null;
  return { missing, done: done === "" ? null : done, choice };
}
