/**
 * Ending the class for everyone. It asks what became of each patient who is gone and did not leave, and what was
 * done about each call for help that is open. What was begun to be written stays when one comes back meanwhile.
 */
import { useState } from "preact/hooks";
import { closeDialog } from "../actions";
import { ACCOUNT_DONE, HELP_DONE } from "../done-words";
import type { AccountDone, AccountFor, CallAnswered, HelpDone, HelpView, UnaccountedView } from "../protocol";
import { endClassWith } from "../staff-actions";
import { callsNow } from "../staff-derived";
import { store } from "../store";
import { clockTime } from "../words";
import { Dialog } from "./dialog";
import { DoneChoice, DoneNote } from "./what-done";
import { type Where, WhereList } from "./where-list";

interface Said<T> {
  readonly done: T | "";
  readonly note: string;
}
type Asked<V, T> = Readonly<Record<string, { readonly about: V; readonly said: Said<T> }>>;

/** Those who are to be asked about now, and those about whom something was written already. */
function useAsked<V, T extends string>(now: readonly V[], idOf: (one: V) => string) {
  const [written, setWritten] = useState<Asked<V, T>>({});
  const there = new Set(now.map(idOf));
  const before = Object.values(written)
    .filter(({ about, said }) => !there.has(idOf(about)) && (said.done !== "" || said.note !== ""))
    .map(({ about }) => about);
  return {
    all: [...now, ...before],
    of: (one: V): Said<T> => written[idOf(one)]?.said ?? { done: "", note: "" },
    say: (about: V, said: Said<T>) => setWritten({ ...written, [idOf(about)]: { about, said } }),
  };
}

const note = (text: string) => text.trim() || null;

export function EndDialog() {
  const lost = useAsked<UnaccountedView, AccountDone>(
    store.facts.value?.unaccounted ?? [],
    (one) => one.person,
  );
  const calls = useAsked<HelpView, HelpDone>(callsNow.value, (one) => one.id);
  const [fault, setFault] = useState<string | null>(null);
  const end = async () => {
    const accounts: AccountFor[] = [];
    const answers: CallAnswered[] = [];
    const open: string[] = [];
    for (const one of lost.all) {
      const { done, note: words } = lost.of(one);
      if (done === "") open.push(one.name);
      else accounts.push({ person: one.person, done, note: note(words) });
    }
    for (const one of calls.all) {
      const { done, note: words } = calls.of(one);
      if (done === "") open.push(one.name);
      else answers.push({ help: one.id, done, note: note(words) });
    }
    if (open.length > 0) return setFault(missing(open));
    const words = await endClassWith(accounts, answers);
    setFault(words);
    if (words === null) closeDialog();
  };
  return (
    <Dialog title="End this class?" readFirst={lost.all.length + calls.all.length > 0}>
      <p>It ends for everyone, and nobody can come back in.</p>
      {calls.all.length > 0 && <p>These people have called for help. What was done?</p>}
      {calls.all.map((one) => (
        <SayOf
          key={one.id}
          id={`call-${one.id}`}
          legend={`${fullNameOf(one)}, needs help since ${clockTime(one.called_at)}`}
          name={one.name}
          where={one}
          choices={HELP_DONE}
          said={calls.of(one)}
          onChange={(next) => calls.say(one, next)}
        />
      ))}
      {lost.all.length > 0 && <p>These people are gone and did not leave. What became of them?</p>}
      {lost.all.map((one) => (
        <SayOf
          key={one.person}
          id={`account-${one.person}`}
          legend={`${one.full_name}, gone since ${clockTime(one.since)}`}
          name={one.name}
          where={{ ...one, phones: one.phone ? [one.phone] : [] }}
          choices={ACCOUNT_DONE}
          said={lost.of(one)}
          onChange={(next) => lost.say(one, next)}
        />
      ))}
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <button type="button" class="big" onClick={closeDialog}>
        <span>Go on with class</span>
      </button>
      <button type="button" class="big red" onClick={() => void end()}>
        <span>End class for everyone</span>
      </button>
    </Dialog>
  );
}

function missing(names: readonly string[]): string {
  return `Choose what was done for ${[...new Set(names)].join(", ")}. Then you can end the class.`;
}

const fullNameOf = (call: HelpView) => store.people.value.get(call.person)?.full_name ?? call.name;

interface SayOfProps<T extends string> {
  readonly id: string;
  readonly legend: string;
  readonly name: string;
  readonly where: Where;
  readonly choices: Readonly<Record<T, string>>;
  readonly said: Said<T>;
  readonly onChange: (next: Said<T>) => void;
}

function SayOf<T extends string>({ id, legend, name, where, choices, said, onChange }: SayOfProps<T>) {
  return (
    <fieldset class="account what-done">
      <legend>{legend}</legend>
      <WhereList where={where} />
      <DoneChoice
        id={id}
        label={`What was done for ${name}?`}
        choices={choices}
        value={said.done}
        onChoose={(done) => onChange({ ...said, done })}
      />
      <DoneNote id={id} value={said.note} onWrite={(words) => onChange({ ...said, note: words })} />
    </fieldset>
  );
}
